/** The clipboard as spreadsheets fill it: tabs between cells, lines between rows, quotes around what holds either. */
import { sizeOf, type Area, type Size, type Spot } from './area';

export function readSheet(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const source = text.replaceAll('\r\n', '\n').replace(/\n$/, '');
  for (let n = 0; n < source.length; n += 1) {
    const letter = source[n]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (source[n + 1] === '"') cell += source[++n]!;
      else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === '\t' || letter === '\n') {
      rows.at(-1)!.push(cell);
      cell = '';
      if (letter === '\n') rows.push([]);
    } else cell += letter;
  }
  rows.at(-1)!.push(cell);
  return rows;
}

export const writeSheet = (rows: string[][]): string => rows.map((row) => row.join('\t')).join('\r\n');

export type Typed = Spot & { text: string };

/**
 * Where a pasted block lands: from the first marked cell on; a marked area that is a whole multiple of it is filled.
 * What would land outside the grid is counted, not lost in silence.
 */
export function landing(block: string[][], area: Area, size: Size): { typed: Typed[]; outside: number } {
  const height = block.length;
  const width = Math.max(...block.map((row) => row.length));
  const marked = sizeOf(area);
  const fills = marked.rows % height === 0 && marked.columns % width === 0;
  const rows = fills ? marked.rows : height;
  const columns = fills ? marked.columns : width;
  const typed: Typed[] = [];
  let outside = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const text = block[row % height]![column % width];
      if (text === undefined) continue;
      const spot = { row: area.top + row, column: area.left + column };
      if (spot.row < size.rows && spot.column < size.columns) typed.push({ ...spot, text });
      else outside += 1;
    }
  }
  return { typed, outside };
}

/** Ctrl+D: the first row of the area goes down; Ctrl+R: its first column goes right. Of one cell, its neighbour's. */
export function filled(area: Area, direction: 'down' | 'right', textAt: (spot: Spot) => string): Typed[] {
  const down = direction === 'down';
  const alone = down ? area.top === area.bottom : area.left === area.right;
  const from = down ? (alone ? area.top - 1 : area.top) : alone ? area.left - 1 : area.left;
  if (from < 0) return [];
  const typed: Typed[] = [];
  for (let row = down ? from + 1 : area.top; row <= area.bottom; row += 1) {
    for (let column = down ? area.left : from + 1; column <= area.right; column += 1) {
      typed.push({ row, column, text: textAt(down ? { row: from, column } : { row, column: from }) });
    }
  }
  return typed;
}
