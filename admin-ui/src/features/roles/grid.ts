/** Where the keys go in the matrix, and the rows in their groups. Pure. */
import type { Permission } from '$lib/api/types';

/** Row -1 holds the roles' names, column -1 the permissions' names; nothing stands where they meet. */
export type Place = { row: number; column: number };
export type Group = { code: string; permissions: Permission[] };

/** The place a key leads to, or null when the key means nothing here. */
export function step({ row, column }: Place, key: string, rows: number, columns: number): Place | null {
  const clamp = (value: number, first: number, last: number) => Math.max(first, Math.min(last, value));
  const firstRow = column === -1 ? 0 : -1;
  const firstColumn = row === -1 ? 0 : -1;
  switch (key) {
    case 'ArrowDown':
      return { row: clamp(row + 1, firstRow, rows - 1), column };
    case 'ArrowUp':
      return { row: clamp(row - 1, firstRow, rows - 1), column };
    case 'ArrowRight':
      return { row, column: clamp(column + 1, firstColumn, columns - 1) };
    case 'ArrowLeft':
      return { row, column: clamp(column - 1, firstColumn, columns - 1) };
    case 'Home':
      return { row, column: firstColumn };
    case 'End':
      return { row, column: columns - 1 };
    default:
      return null;
  }
}

/** Permissions under their group, in the server's order. */
export function groupsOf(permissions: Permission[]): Group[] {
  const codes = [...new Set(permissions.map((permission) => permission.group))];
  return codes.map((code) => ({ code, permissions: permissions.filter((permission) => permission.group === code) }));
}
