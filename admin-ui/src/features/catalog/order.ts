/** Rows of an order moved by one; pure. */
export function movedBy<T extends { id: string }>(rows: T[], id: string, step: 1 | -1): T[] | undefined {
  const from = rows.findIndex((row) => row.id === id);
  const to = from + step;
  if (from < 0 || to < 0 || to >= rows.length) return undefined;
  const next = [...rows];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}
