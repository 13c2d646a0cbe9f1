/** The filters of the list of sesi: their names in the address and the views people get from the start. Pure. */
import type { Key } from '$lib/i18n/i18n.svelte';
import { search, type Query } from '$lib/router/match';

export const filterNames = ['state', 'mode', 'office_id', 'from', 'until', 'flag', 'tutor_id', 'siswa_id'] as const;

export type View = { name: string; query: string };

/** `from` and `until` may say `today`; it becomes the date when the view is opened. */
export const builtInViews: { label: Key; query: Query }[] = [
  { label: 'views.all', query: {} },
  { label: 'views.today', query: { from: 'today', until: 'today', sort: 'starts_at' } },
  { label: 'views.to_approve', query: { state: 'REQUESTED', sort: 'starts_at' } },
  { label: 'views.running', query: { state: 'IN_PROGRESS,AWAITING_VALIDATION', sort: 'starts_at' } },
  { label: 'views.flagged', query: { flag: 'sla' } },
  { label: 'views.anomaly', query: { flag: 'anomaly' } }
];

export function queryText(query: Query, today: string): string {
  const filled = Object.entries(query).map(([name, value]) => [name, value === 'today' ? today : value]);
  return search(Object.fromEntries(filled) as Query);
}

/** Two addresses mean the same view whatever the order of their filters. */
export function sameQuery(a: string, b: string): boolean {
  const normal = (text: string) =>
    [...new URLSearchParams(text)]
      .map(([k, v]) => `${k}=${v}`)
      .sort()
      .join('&');
  return normal(a) === normal(b);
}

const storageKey = 'alur.views.sesi';
const viewsAtMost = 12;

export function loadViews(): View[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(stored) ? (stored as View[]).slice(0, viewsAtMost) : [];
  } catch {
    return [];
  }
}

export function storeViews(views: View[]): void {
  localStorage.setItem(storageKey, JSON.stringify(views.slice(-viewsAtMost)));
}
