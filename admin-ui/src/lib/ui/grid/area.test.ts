import { expect, test } from 'vitest';
import { areaOf, at, countOf, everything, keyMove, moved, spotsOf, wholeColumn } from './area';

const size = { rows: 4, columns: 3 };
const key = (name: string, more: Partial<KeyboardEvent> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...more
});

test('the cursor stays inside', () => {
  expect(moved(at(0, 0), -1, -1, size)).toEqual(at(0, 0));
  expect(moved(at(3, 2), 5, 5, size)).toEqual(at(3, 2));
});

test('shift keeps the anchor, so the block may turn over', () => {
  const right = keyMove(key('ArrowRight', { shiftKey: true }), at(1, 1), size)!;
  expect(areaOf(right)).toEqual({ top: 1, bottom: 1, left: 1, right: 2 });
  const left = moved(right, 0, -2, size, true);
  expect(areaOf(left)).toEqual({ top: 1, bottom: 1, left: 0, right: 1 });
});

test('ctrl jumps to the edge, home and end too', () => {
  expect(keyMove(key('ArrowDown', { ctrlKey: true }), at(0, 1), size)).toEqual(at(3, 1));
  expect(keyMove(key('Home'), at(2, 2), size)).toEqual(at(2, 0));
  expect(keyMove(key('End', { ctrlKey: true }), at(0, 0), size)).toEqual(at(3, 2));
  expect(keyMove(key('a'), at(0, 0), size)).toBeNull();
});

test('a block lists its cells row by row', () => {
  expect(spotsOf(areaOf(wholeColumn(1, size))).map(({ row }) => row)).toEqual([0, 1, 2, 3]);
  expect(countOf(areaOf(everything(size)))).toBe(12);
});
