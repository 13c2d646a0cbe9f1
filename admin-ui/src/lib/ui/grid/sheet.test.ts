import { expect, test } from 'vitest';
import { parseAmount } from './amount';
import { filled, landing, readSheet, writeSheet } from './sheet';

const size = { rows: 5, columns: 4 };
const one = { top: 1, bottom: 1, left: 1, right: 1 };

test('what Excel copies is read cell by cell', () => {
  expect(readSheet('1\t2\r\n3\t4\r\n')).toEqual([
    ['1', '2'],
    ['3', '4']
  ]);
  expect(readSheet('"a\tb"\t"say ""hi"""\n\t')).toEqual([
    ['a\tb', 'say "hi"'],
    ['', '']
  ]);
  expect(readSheet('5')).toEqual([['5']]);
});

test('what is copied reads back', () => {
  const rows = [
    ['150.000', ''],
    ['', '90.000']
  ];
  expect(readSheet(writeSheet(rows))).toEqual(rows);
});

test('a block lands from the first marked cell on, and what does not fit is counted', () => {
  const { typed, outside } = landing(
    [
      ['a', 'b', 'c', 'd'],
      ['e', 'f', 'g', 'h']
    ],
    one,
    size
  );
  expect(typed.map(({ row, column, text }) => `${row},${column}${text}`)).toEqual([
    '1,1a',
    '1,2b',
    '1,3c',
    '2,1e',
    '2,2f',
    '2,3g'
  ]);
  expect(outside).toBe(2);
});

test('one cell fills whatever is marked', () => {
  const { typed } = landing([['7']], { top: 0, bottom: 1, left: 0, right: 2 }, size);
  expect(typed).toHaveLength(6);
  expect(typed.every(({ text }) => text === '7')).toBe(true);
});

test('a row fills the rows marked below it', () => {
  const { typed } = landing([['1', '2']], { top: 0, bottom: 2, left: 0, right: 1 }, size);
  expect(typed.map(({ text }) => text).join('')).toBe('121212');
});

test('fill down and right repeat the first row or column, or the neighbour of a single cell', () => {
  const textAt = ({ row, column }: { row: number; column: number }) => `${row}${column}`;
  expect(filled({ top: 0, bottom: 2, left: 1, right: 2 }, 'down', textAt).map(({ text }) => text)).toEqual([
    '01',
    '02',
    '01',
    '02'
  ]);
  expect(filled({ top: 1, bottom: 2, left: 0, right: 1 }, 'right', textAt).map(({ text }) => text)).toEqual([
    '10',
    '20'
  ]);
  expect(filled(one, 'down', textAt)).toEqual([{ row: 1, column: 1, text: '01' }]);
  expect(filled({ top: 0, bottom: 0, left: 0, right: 0 }, 'down', textAt)).toEqual([]);
});

test('of 400 cells pasted with a letter in one, 399 are amounts and the one is told at its cell', () => {
  const rows = Array.from({ length: 20 }, (_, row) =>
    Array.from({ length: 20 }, (_, column) =>
      row === 7 && column === 5 ? 'Rp15O.000' : `Rp${100 + row}.${500 + column}`
    )
  );
  const { typed, outside } = landing(
    readSheet(writeSheet(rows)),
    { top: 0, bottom: 0, left: 0, right: 0 },
    { rows: 20, columns: 20 }
  );
  expect([typed.length, outside]).toEqual([400, 0]);
  const wrong = typed.filter(({ text }) => parseAmount(text).kind === 'wrong');
  expect(wrong).toEqual([{ row: 7, column: 5, text: 'Rp15O.000' }]);
  const last = parseAmount(typed.at(-1)!.text);
  expect(last).toEqual({ kind: 'amount', rp: 119_519 });
});
