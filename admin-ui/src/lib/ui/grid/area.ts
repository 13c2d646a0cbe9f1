/** Where the cursor of a grid stands and what it has marked: pure steps from one to the next. */

export type Spot = { row: number; column: number };
/** From where marking began to where the cursor is. */
export type Marked = { anchor: Spot; cursor: Spot };
export type Area = { top: number; left: number; bottom: number; right: number };
export type Size = { rows: number; columns: number };

export const at = (row: number, column: number): Marked => ({ anchor: { row, column }, cursor: { row, column } });

export function areaOf({ anchor, cursor }: Marked): Area {
  return {
    top: Math.min(anchor.row, cursor.row),
    bottom: Math.max(anchor.row, cursor.row),
    left: Math.min(anchor.column, cursor.column),
    right: Math.max(anchor.column, cursor.column)
  };
}

export const holds = (area: Area, row: number, column: number): boolean =>
  row >= area.top && row <= area.bottom && column >= area.left && column <= area.right;

export const sizeOf = (area: Area): Size => ({ rows: area.bottom - area.top + 1, columns: area.right - area.left + 1 });
export const countOf = (area: Area): number => sizeOf(area).rows * sizeOf(area).columns;

export function spotsOf(area: Area): Spot[] {
  const { rows, columns } = sizeOf(area);
  return Array.from({ length: rows * columns }, (_, n) => ({
    row: area.top + Math.floor(n / columns),
    column: area.left + (n % columns)
  }));
}

const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));

/** The cursor by so many rows and columns, staying inside; `extend` leaves the anchor where it is. */
export function moved(marked: Marked, rows: number, columns: number, size: Size, extend = false): Marked {
  const cursor = {
    row: within(marked.cursor.row + rows, size.rows),
    column: within(marked.cursor.column + columns, size.columns)
  };
  return { anchor: extend ? marked.anchor : cursor, cursor };
}

export const wholeRow = (row: number, size: Size): Marked => ({
  anchor: { row, column: 0 },
  cursor: { row, column: size.columns - 1 }
});
export const wholeColumn = (column: number, size: Size): Marked => ({
  anchor: { row: 0, column },
  cursor: { row: size.rows - 1, column }
});
export const everything = (size: Size): Marked => ({
  anchor: { row: 0, column: 0 },
  cursor: { row: size.rows - 1, column: size.columns - 1 }
});

/** What a key does to the cursor, if it moves it. Ctrl jumps to the edge. */
export function keyMove(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
  marked: Marked,
  size: Size
): Marked | null {
  const far = event.ctrlKey || event.metaKey ? Infinity : 1;
  const go = (rows: number, columns: number) => moved(marked, rows, columns, size, event.shiftKey);
  switch (event.key) {
    case 'ArrowUp':
      return go(-far, 0);
    case 'ArrowDown':
      return go(far, 0);
    case 'ArrowLeft':
      return go(0, -far);
    case 'ArrowRight':
      return go(0, far);
    case 'PageUp':
      return go(-10, 0);
    case 'PageDown':
      return go(10, 0);
    case 'Home':
      return go(far === Infinity ? -Infinity : 0, -Infinity);
    case 'End':
      return go(far === Infinity ? Infinity : 0, Infinity);
    default:
      return null;
  }
}
