import { expect, test } from 'vitest';
import { monthBeside } from './months';

test('the month beside December or January lies in another year', () => {
  expect(monthBeside('2026-12', 1)).toBe('2027-01');
  expect(monthBeside('2026-01', -1)).toBe('2025-12');
  expect(monthBeside('2026-11', 1)).toBe('2026-12');
});
