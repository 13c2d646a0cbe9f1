import { expect, test } from 'vitest';
import { daysOf } from './ranges';

test.each([
  ['today', '2026-11-21', '2026-11-21', '2026-11-21'],
  ['week', '2026-11-21', '2026-11-16', '2026-11-21'],
  ['week', '2026-11-22', '2026-11-16', '2026-11-22'],
  ['week', '2026-11-23', '2026-11-23', '2026-11-23'],
  ['month', '2026-11-21', '2026-11-01', '2026-11-21'],
  ['last_month', '2026-11-21', '2026-10-01', '2026-10-31'],
  ['last_month', '2027-01-05', '2026-12-01', '2026-12-31'],
  ['last_month', '2028-03-31', '2028-02-01', '2028-02-29']
])('%s on %s is %s to %s', (name, today, from, until) => {
  expect(daysOf(name, today)).toEqual({ from, until });
});

test('a name nobody knows is no range', () => {
  expect(daysOf('yesteryear', '2026-11-21')).toBeNull();
  expect(daysOf(undefined, '2026-11-21')).toBeNull();
});
