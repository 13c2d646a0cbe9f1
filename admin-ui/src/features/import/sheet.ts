/**
 * The rows of a file while people mend them; pure. The server parsed them; what goes back is written here, so both
 * always agree on which line a cell stands.
 */
import type { ImportFault } from '$lib/api/types';

export type Row = {
  cells: string[];
  /** Where the row began when it was last checked: faults are told by line. */
  line: number;
  /** Somebody has mended it: it now has as many cells as the header. */
  touched: boolean;
};

/** How many cells the widest row has; a row may have more than the header. */
export const widest = (columns: string[], rows: Row[]): number =>
  rows.reduce((most, row) => Math.max(most, row.cells.length), columns.length);

/** The cells as they go to the server: a mended row is made as wide as the header where nothing is lost by it. */
function outgoing(row: Row, width: number): string[] {
  if (!row.touched) return row.cells;
  const cells = [...row.cells];
  while (cells.length > width && cells.at(-1)!.trim() === '') cells.pop();
  while (cells.length < width) cells.push('');
  return cells;
}

const quoted = (cell: string, separator: string): string =>
  cell.includes('"') || cell.includes(separator) || /[\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const breaks = (text: string): number => text.split('\n').length - 1;

/** The file for the server, and the line on which each row begins in it. */
export function written(columns: string[], rows: Row[]): { text: string; lines: number[] } {
  const parts = [columns.join(',')];
  const lines: number[] = [];
  let line = 2;
  for (const row of rows) {
    const text = outgoing(row, columns.length)
      .map((cell) => quoted(cell, ','))
      .join(',');
    lines.push(line);
    parts.push(text);
    line += 1 + breaks(text);
  }
  return { text: `${parts.join('\n')}\n`, lines };
}

/** What a spreadsheet would run is written as text; the server takes the apostrophe off again. */
const harmless = (cell: string): string => (/^[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell);

/** Rows as a file that Excel opens in Indonesia: UTF-8 with its mark, semicolons, CR LF. */
export function forSpreadsheet(columns: string[], rows: Row[]): string {
  const lines = rows.map((row) => row.cells.map((cell) => quoted(harmless(cell), ';')).join(';'));
  return `\uFEFF${[columns.join(';'), ...lines].join('\r\n')}\r\n`;
}

/** What is wrong where: of cells by `row:column`, of whole rows by row. */
export class Faults {
  readonly rows = new Map<number, ImportFault[]>();
  /** Rows with errors, in the order of the file; also those whose errors are not listed. */
  readonly bad: number[];

  constructor(rows: Row[], errors: ImportFault[], failedLines: number[]) {
    const place = new Map(rows.map((row, index) => [row.line, index]));
    for (const fault of errors) {
      const index = place.get(fault.line);
      if (index !== undefined) this.rows.set(index, [...(this.rows.get(index) ?? []), fault]);
    }
    this.bad = failedLines.map((line) => place.get(line)).filter((index) => index !== undefined);
  }

  of(row: number, column: string | undefined): ImportFault | undefined {
    return this.rows.get(row)?.find((fault) => fault.column === (column ?? null));
  }

  /** The first fault of a row, whichever cell it is of. */
  first(row: number): ImportFault | undefined {
    return this.rows.get(row)?.[0];
  }
}

type At = { row: number; column: number };

/** The next cell with a fault after (or before) a place, round the end. `isOpen` leaves out what was mended already. */
export function nextBad(
  faults: Faults,
  columns: string[],
  from: At,
  step: 1 | -1,
  isOpen: (at: At) => boolean = () => true
): At | undefined {
  const places = faults.bad.flatMap((row) => {
    const found = (faults.rows.get(row) ?? []).map((fault) => Math.max(0, columns.indexOf(fault.column ?? '')));
    const sorted = [...new Set(found.length ? found : [0])].sort((one, other) => one - other);
    return sorted.map((column) => ({ row, column })).filter(isOpen);
  });
  const ahead = (place: At) => Math.sign(place.row - from.row || place.column - from.column) === step;
  const ordered = step === 1 ? places : places.reverse();
  return ordered.find(ahead) ?? ordered[0];
}
