/** The keys that work everywhere: Ctrl K, g + letter, `/` to the filter, `?` for help. */
import { navItems } from './navigation';

type Actions = { palette: () => void; help: () => void; go: (href: string) => void };

const sequenceMs = 1200;
const typing = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [data-typing]';

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
  return !!filter;
}

/** Listens in the capture phase, so that the second key of `g r` never reaches the table as "reject". */
export function shortcutReader(actions: Actions): (event: KeyboardEvent) => void {
  let goPressedAt = -Infinity;

  function run(event: KeyboardEvent): boolean {
    const key = event.key;
    const inSequence = event.timeStamp - goPressedAt < sequenceMs;
    goPressedAt = key === 'g' ? event.timeStamp : -Infinity;
    if (inSequence) {
      const item = navItems().find((each) => each.hotKey === key);
      if (item) actions.go(item.href);
      return !!item;
    }
    if (key === '?') {
      actions.help();
      return true;
    }
    return key === '/' && focusFilter();
  }

  return (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      actions.palette();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element | null)?.closest?.(typing) || document.querySelector('[role=dialog]')) return;
    if (!run(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
