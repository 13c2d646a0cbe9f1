import { expect, test } from 'vitest';
import type { PeriodCheck } from '$lib/api/types';
import { doneOf, stateOf } from './steps';

const step = (of: Partial<PeriodCheck>): PeriodCheck => ({
  check: 'tagihan',
  signed: true,
  figures: [],
  blocking: [],
  blocking_count: 0,
  noted: [],
  noted_count: 0,
  digest: 'd',
  signature: null,
  ...of
});
const signature = (stale: boolean) => ({
  by: { id: '1', name: 'Maya' },
  at: '2026-12-01T02:00:00Z',
  note: null,
  stale
});

test('a check is blocked before it is anything else, and signed only while its evidence holds', () => {
  expect(stateOf(step({ blocking_count: 1, signature: signature(false) }))).toBe('blocked');
  expect(stateOf(step({}))).toBe('to_sign');
  expect(stateOf(step({ signature: signature(false) }))).toBe('signed');
  expect(stateOf(step({ signature: signature(true) }))).toBe('stale');
  expect(stateOf(step({ signed: false }))).toBe('clear');
  const waits = { kind: 'books', id: '0', code: '', state: 'NOT_CHECKED', count: null, rp: null };
  expect(stateOf(step({ signed: false, blocking: [waits], blocking_count: 1 }))).toBe('waits');
});

test('what is signed or clear is done', () => {
  expect(doneOf([step({}), step({ signed: false }), step({ signature: signature(false) })])).toBe(2);
});
