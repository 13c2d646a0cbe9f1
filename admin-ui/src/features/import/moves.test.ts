import { expect, test } from 'vitest';
import { moved } from './moves';

const size = { rows: 100, columns: 5, page: 10 };
const press = (key: string, ctrlKey = false) =>
  moved({ key, ctrlKey, metaKey: false, altKey: false }, { index: 20, column: 2 }, size);

test.each([
  ['ArrowDown', false, { index: 21, column: 2 }],
  ['ArrowDown', true, { index: 99, column: 2 }],
  ['ArrowLeft', true, { index: 20, column: 0 }],
  ['PageUp', false, { index: 10, column: 2 }],
  ['End', false, { index: 20, column: 4 }],
  ['Home', true, { index: 0, column: 0 }],
  ['a', false, undefined]
])('%s (Ctrl: %s)', (key, ctrl, expected) => expect(press(key, ctrl)).toEqual(expected));
