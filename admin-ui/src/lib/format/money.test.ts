import { expect, test } from 'vitest';
import { count, rupiah } from './money';

test.each([
  [0, 'Rp0'],
  [10_000, 'Rp10.000'],
  [1_250_500, 'Rp1.250.500'],
  [-22_500, '-Rp22.500']
])('%d rupiah is written %s, without a space', (amount, text) => {
  expect(rupiah(amount)).toBe(text);
});

test('counts are grouped the Indonesian way', () => {
  expect(count(1240)).toBe('1.240');
});
