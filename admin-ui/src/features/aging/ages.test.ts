import { expect, test } from 'vitest';
import type { AgedAmounts } from '$lib/api/types';
import { ages, shareOf } from './ages';

const owed: AgedAmounts = {
  not_billed_rp: -50,
  not_due_rp: 100,
  days_0_30_rp: 50,
  days_31_60_rp: 25,
  days_61_90_rp: 0,
  days_over_90_rp: 25,
  overdue_rp: 100,
  total_rp: 150
};

test('shares are of what is owed; what takes away is none', () => {
  expect(ages.map((age) => shareOf(age.of(owed), owed))).toEqual([0, 50, 25, 13, 0, 13]);
  expect(shareOf(owed.overdue_rp, owed)).toBe(50);
});

test('where nothing is owed nothing has a share', () => {
  const nothing = Object.fromEntries(Object.keys(owed).map((key) => [key, 0])) as AgedAmounts;
  expect(ages.map((age) => shareOf(age.of(nothing), nothing))).toEqual([0, 0, 0, 0, 0, 0]);
});
