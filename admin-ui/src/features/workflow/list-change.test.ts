import { expect, test } from 'vitest';
import { listChange } from './list-change';

test('two lists of codes tell what came and what went', () => {
  expect(listChange(['A', 'B'], ['B', 'C'])).toEqual({ added: ['C'], removed: ['A'] });
});

test('everything else is shown as it is', () => {
  expect(listChange(null, ['A'])).toBeNull();
  expect(listChange([1], [2])).toBeNull();
  expect(listChange('A', 'B')).toBeNull();
});
