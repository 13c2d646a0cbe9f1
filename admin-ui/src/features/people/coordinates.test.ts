import { expect, test } from 'vitest';
import { pointOf, textOf } from './coordinates';

test('coordinates are read as maps and spreadsheets write them', () => {
  for (const text of ['-6.2, 106.8', '-6.2,106.8', ' -6.2 106.8 ', '-6,2; 106,8', '-6,2;106,8'])
    expect(pointOf(text), text).toEqual({ lat: -6.2, long: 106.8 });
  expect(pointOf('  ')).toBeNull();
});

test('what is no point is told apart from nothing', () => {
  for (const text of ['Jakarta', '-6.2', '-6.2,', '1, 2, 3', '-6.2, x']) expect(pointOf(text), text).toBeUndefined();
});

test('a point reads back as it is written', () => {
  expect(pointOf(textOf(-6.25, 106.75))).toEqual({ lat: -6.25, long: 106.75 });
  expect(textOf(null, 1)).toBe('');
});
