import { expect, test } from 'vitest';
import { movedBy } from './order';

const rows = ['a', 'b', 'c'].map((id) => ({ id }));
const ids = (id: string, step: 1 | -1) =>
  movedBy(rows, id, step)
    ?.map((row) => row.id)
    .join('');

test('a row changes places with its neighbour, and stays within the order', () => {
  expect([ids('b', 1), ids('b', -1), ids('c', 1), ids('a', -1), ids('x', 1)]).toEqual([
    'acb',
    'bac',
    undefined,
    undefined,
    undefined
  ]);
});
