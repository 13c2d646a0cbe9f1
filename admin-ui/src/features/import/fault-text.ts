/** What is wrong with a cell, in words. A code nobody has translated yet is told in the server's English. */
import type { ImportFault } from '$lib/api/types';
import { hasText, t, td } from '$lib/i18n/i18n.svelte';

export function faultText(fault: ImportFault, value: string): string {
  const { found, expected } = fault.params;
  const surplus = fault.code === 'wrong_cell_count' && Number(found) > Number(expected) ? '_more' : '';
  const key = `import.fault.${fault.code}${surplus}`;
  if (!hasText(key)) return fault.message;
  const known = fault.params.known;
  const args = Object.fromEntries(Object.entries(fault.params).map(([name, each]) => [name, String(each)]));
  return td(key, { value, ...args }) + hint(fault.params.nearest, known);
}

function hint(nearest: unknown, known: unknown): string {
  if (typeof nearest === 'string') return ` ${t('import.fault_hint.nearest', { code: nearest })}`;
  if (Array.isArray(known)) return ` ${t('import.fault_hint.known', { codes: known.join(', ') })}`;
  return '';
}
