import { expect, test } from 'vitest';
import type { PolicyField } from '$lib/api/types';
import { emptyValues, fromCell, nextRow, toCell, toObject } from './cell';

const field = (part: Partial<PolicyField>): PolicyField => ({
  name: 'a',
  shape: 'INTEGER',
  unit: 'COUNT',
  min: null,
  max: null,
  choices: [],
  optional: false,
  ...part
});

test('a typed number becomes one, and what is none is sent as it was typed', () => {
  const typed = ['25', ' 25 ', '10.000', 'Rp10.000', '-3', '', '12,5', 'dua'];
  expect(typed.map((text) => toCell(field({}), text))).toEqual([25, 25, 10000, 10000, -3, null, '12,5', 'dua']);
  expect(fromCell(toCell(field({}), 'dua'))).toBe('dua');
  expect([fromCell(null), fromCell(0), fromCell(false)]).toEqual(['', '0', 'false']);
});

test('switches and choices keep their own values', () => {
  expect(toCell(field({ shape: 'BOOLEAN' }), 'true')).toBe(true);
  expect(toCell(field({ shape: 'CHOICE', choices: ['X'] }), 'X')).toBe('X');
  expect(
    emptyValues([field({ shape: 'CHOICE', choices: ['X', 'Y'] }), field({ name: 'b', shape: 'BOOLEAN' })])
  ).toEqual({
    a: 'X',
    b: false
  });
});

test('a value that may be left out is left out when it is empty', () => {
  const fields = [field({}), field({ name: 'b', optional: true })];
  expect(toObject(fields, { a: null, b: null })).toEqual({ a: null });
  expect(toObject(fields, { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
});

test('a new row is like the last one but for its threshold', () => {
  const fields = [field({ name: 'hours' }), field({ name: 'pct' })];
  expect(nextRow(fields, [{ hours: 4, pct: 25 }])).toEqual({ hours: null, pct: 25 });
  expect(nextRow(fields, [])).toEqual({ hours: null, pct: null });
});
