import { expect, test } from 'vitest';
import { basisPoints, bumped, percentText } from './bump';

test.each([
  ['5', 500],
  ['5,5', 550],
  ['5.25 %', 525],
  ['-10', -1000],
  ['+3', 300],
  ['0', 0]
])('%s is a percentage', (text, points) => expect(basisPoints(text)).toBe(points));

test.each(['', 'a', '5,123', '-100', '1001', '--5'])('"%s" is none', (text) => expect(basisPoints(text)).toBeNull());

test.each([
  [150_000, 550, 500, 158_500],
  [90_000, 550, 500, 95_000],
  [100, 50, 1, 101],
  [101, -5_000, 1, 51],
  [123_456, 0, 1, 123_456],
  [124_999, 0, 500, 125_000],
  [124_749, 0, 500, 124_500],
  [124_750, 0, 500, 125_000],
  [999_999_999, 100_000, 1, 10_999_999_989]
])('%i by %i basis points in steps of %i is %i', (rp, points, step, after) =>
  expect(bumped(rp, points, step)).toBe(after)
);

test('a percentage is written with a comma', () => {
  expect(percentText(550)).toBe('5,5');
  expect(percentText(-1000)).toBe('-10');
});
