import { expect, test } from 'vitest';
import { diffLines } from './diff';

const told = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', new: '+' }[kind]}${text}`);

test('what stayed, went and came is told line by line', () => {
  expect(told('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
  expect(told('a\na', 'a\na')).toEqual([' a', ' a']);
  expect(told('', 'a')).toEqual(['-', '+a']);
  expect(told('b\na', 'a\nb').filter((line) => line.startsWith(' '))).toHaveLength(1);
});
