import { expect, test } from 'vitest';
import { nextYear } from './next-year';

const year = { code: '2026/2027', starts_on: '2026-07-01', ends_on: '2027-06-30' };

test('the year that follows is proposed, or made alike', () => {
  const there = { code: 'TA 27', starts_on: '2027-07-01', ends_on: '2028-05-31' };
  expect(nextYear(year, [year, there])).toEqual(there);
  expect(nextYear(year, [year])).toEqual({ code: '2027/2028', starts_on: '2027-07-01', ends_on: '2028-06-30' });
});
