/** What a key press means to a table, or nothing when it is meant for something else. Pure but for the dialog check. */
export type TableAction =
  | { kind: 'move'; by: number; absolute?: number; extend: boolean }
  | { kind: 'pick' | 'clear' | 'open' }
  | { kind: 'other'; key: string };

const typing = 'input:not([type=checkbox]), textarea, select, [contenteditable]';
const pressable = 'button, a, summary, input[type=checkbox]';

/** True when the press belongs to a text, a shortcut of the browser, or was handled before. */
export function meantForText(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  return !!target?.closest?.(typing);
}

/** The same for a page: what is pressed while a dialog is open belongs to the dialog. */
export function meantForOthers(event: KeyboardEvent): boolean {
  return meantForText(event) || document.querySelector('[role=dialog]') !== null;
}

export function tableAction(event: KeyboardEvent): TableAction | null {
  if (meantForOthers(event)) return null;
  const key = event.key;
  const onPressable = !!(event.target as Element | null)?.closest?.(pressable);
  if (onPressable && (key === 'Enter' || key === ' ')) return null;
  switch (key) {
    case 'ArrowDown':
    case 'j':
    case 'J':
      return { kind: 'move', by: 1, extend: event.shiftKey };
    case 'ArrowUp':
    case 'k':
    case 'K':
      return { kind: 'move', by: -1, extend: event.shiftKey };
    case 'Home':
      return { kind: 'move', by: 0, absolute: 0, extend: false };
    case 'End':
      return { kind: 'move', by: 0, absolute: Number.MAX_SAFE_INTEGER, extend: false };
    case 'x':
    case ' ':
      return { kind: 'pick' };
    case 'Escape':
      return { kind: 'clear' };
    case 'Enter':
      return { kind: 'open' };
    default:
      return { kind: 'other', key };
  }
}
