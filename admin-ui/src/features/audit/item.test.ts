import { expect, test } from 'vitest';
import type { AuditItem } from '$lib/api/types';
import { byDay, counted } from './item';

const item = (at: string, kind: string): AuditItem => ({ at, seq: null, what: { kind } }) as AuditItem;
const items = [
  item('2026-11-20T01:00:00Z', 'step'),
  item('2026-11-20T02:00:00Z', 'timer'),
  item('2026-11-21T01:00:00Z', 'task_opened')
];

test('only groups that have something are offered, with how much', () => {
  expect(counted(items)).toEqual([
    { group: 'records', n: 1 },
    { group: 'work', n: 2 }
  ]);
});

test('days keep the order of time', () => {
  expect(byDay(items, (at) => at.slice(0, 10)).map(({ name, items }) => [name, items.length])).toEqual([
    ['2026-11-20', 2],
    ['2026-11-21', 1]
  ]);
});
