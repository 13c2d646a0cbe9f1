/** Where a key takes the cursor of a grid; pure. */
type Spot = { index: number; column: number };
type Keys = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };
type Size = { rows: number; columns: number; page: number };

/** The new place, which may lie past the edge, or undefined when the key is no move. */
export function moved({ key, ctrlKey, metaKey, altKey }: Keys, { index, column }: Spot, size: Size): Spot | undefined {
  if (altKey) return undefined;
  const far = ctrlKey || metaKey;
  switch (key) {
    case 'ArrowDown':
      return { index: far ? size.rows - 1 : index + 1, column };
    case 'ArrowUp':
      return { index: far ? 0 : index - 1, column };
    case 'ArrowRight':
      return { index, column: far ? size.columns - 1 : column + 1 };
    case 'ArrowLeft':
      return { index, column: far ? 0 : column - 1 };
    case 'Home':
      return { index: far ? 0 : index, column: 0 };
    case 'End':
      return { index: far ? size.rows - 1 : index, column: size.columns - 1 };
    case 'PageDown':
      return { index: index + size.page, column };
    case 'PageUp':
      return { index: index - size.page, column };
    default:
      return undefined;
  }
}
