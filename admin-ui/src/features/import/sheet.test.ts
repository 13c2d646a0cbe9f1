import { describe, expect, test } from 'vitest';
import type { ImportFault } from '$lib/api/types';
import { Faults, forSpreadsheet, nextBad, widest, written, type Row } from './sheet';

const columns = ['code', 'name', 'phone'];
const row = (cells: string[], line = 0, touched = false): Row => ({ cells, line, touched });
const fault = (line: number, column: string | null): ImportFault => ({
  line,
  column,
  code: 'required',
  message: '',
  params: {}
});

describe('a file on its way back', () => {
  test('cells are quoted where they must be, and lines within cells count', () => {
    const { text, lines } = written(columns, [row(['A', 'Ibu\nAni', '1']), row(['B', 'a "b", c', '2'])]);
    expect(text).toBe('code,name,phone\nA,"Ibu\nAni",1\nB,"a ""b"", c",2\n');
    expect(lines).toEqual([2, 4]);
  });

  test('a row that was mended gets as many cells as the header, without losing one', () => {
    const texts = (cells: string[], touched: boolean) => written(columns, [row(cells, 2, touched)]).text.split('\n')[1];
    expect(texts(['A'], false)).toBe('A');
    expect(texts(['A'], true)).toBe('A,,');
    expect(texts(['A', 'B', 'C', ''], true)).toBe('A,B,C');
    expect(texts(['A', 'B', 'C', 'D'], true)).toBe('A,B,C,D');
  });

  test('what is taken out opens as text, not as a formula', () => {
    expect(forSpreadsheet(columns, [row(['A', '=1+1', '+62'])])).toBe("\uFEFFcode;name;phone\r\nA;'=1+1;'+62\r\n");
  });

  test('the widest row gives the number of columns', () => {
    expect(widest(columns, [row(['A']), row(['A', 'B', 'C', 'D'])])).toBe(4);
  });
});

describe('faults', () => {
  const rows = [row(['A'], 2), row(['B'], 4), row(['C'], 5)];
  const faults = new Faults(rows, [fault(4, 'phone'), fault(4, 'name'), fault(5, null)], [4, 5]);

  test('are found by row and column', () => {
    expect(faults.of(1, 'phone')?.column).toBe('phone');
    expect(faults.of(1, 'code')).toBeUndefined();
    expect(faults.of(2, undefined)?.line).toBe(5);
    expect(faults.bad).toEqual([1, 2]);
  });

  test('are gone through one by one, round the end', () => {
    const places = [];
    let at: { row: number; column: number } | undefined = { row: 0, column: 0 };
    for (let n = 0; n < 4 && at; n += 1) {
      at = nextBad(faults, columns, at, 1);
      places.push(at);
    }
    expect(places).toEqual([
      { row: 1, column: 1 },
      { row: 1, column: 2 },
      { row: 2, column: 0 },
      { row: 1, column: 1 }
    ]);
    expect(nextBad(faults, columns, { row: 1, column: 1 }, -1)).toEqual({ row: 2, column: 0 });
    const mended = (at: { row: number }) => at.row !== 1;
    expect(nextBad(faults, columns, { row: 2, column: 2 }, 1, mended)).toEqual({ row: 2, column: 0 });
  });

  test('a bad row beyond the listed ones is still bad', () => {
    expect(new Faults(rows, [], [5]).bad).toEqual([2]);
  });
});
