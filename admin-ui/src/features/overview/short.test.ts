import { expect, test } from 'vitest';
import { changeText, rupiahShort, scaleTop } from './short';

test('large amounts are shortened in words of the language', () => {
  expect(
    [0, 950, 10_000, 1_250_000, 48_250_000, 999_949, 999_950, 1_200_000_000, -3_500_000].map((rp) =>
      rupiahShort(rp, 'id')
    )
  ).toEqual(['Rp0', 'Rp950', 'Rp10 rb', 'Rp1,3 jt', 'Rp48,3 jt', 'Rp999,9 rb', 'Rp1 jt', 'Rp1,2 M', '-Rp3,5 jt']);
  expect(rupiahShort(1_250_000, 'en')).toBe('Rp1,3 m');
});

test('a change is told in whole percent, and not at all from nothing', () => {
  expect([changeText(112, 100), changeText(50, 100), changeText(100, 100), changeText(5, 0)]).toEqual([
    '+12%',
    '-50%',
    '0%',
    null
  ]);
});

test('a scale ends at a round figure', () => {
  expect([0, 7, 12, 48_250_000, 81, 100].map(scaleTop)).toEqual([1, 8, 20, 50_000_000, 100, 100]);
});
