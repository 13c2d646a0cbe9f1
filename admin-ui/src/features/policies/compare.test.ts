import { expect, test } from 'vitest';
import { alike, differences, testsDelta } from './compare';

const brackets = (...pct: number[]) => ({ basis: 'A', brackets: pct.map((each, i) => ({ hours: i + 1, pct: each })) });

test('the order of keys is no difference', () => {
  expect(alike({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
  expect(alike([1, 2], [2, 1])).toBe(false);
  expect(differences(brackets(1, 2), brackets(1, 2))).toEqual([]);
});

test('each cell that differs is named with its row', () => {
  expect(differences(brackets(100, 50), brackets(100, 30))).toEqual([
    { path: ['brackets', '2', 'pct'], before: 50, after: 30 }
  ]);
  expect(differences(brackets(100), brackets(100, 30))).toEqual([
    { path: ['brackets', '2', 'hours'], before: undefined, after: 2 },
    { path: ['brackets', '2', 'pct'], before: undefined, after: 30 }
  ]);
  expect(differences({ a: 1, b: 2 }, { a: 1 })).toEqual([{ path: ['b'], before: 2, after: undefined }]);
});

test('tests are counted by name', () => {
  const one = (name: string, rp: number) => ({ name, input: {}, output: { rp } });
  expect(testsDelta([one('a', 1), one('b', 2), one('c', 3)], [one('a', 1), one('b', 9), one('d', 4)])).toEqual({
    added: 1,
    removed: 1,
    changed: 1
  });
});
