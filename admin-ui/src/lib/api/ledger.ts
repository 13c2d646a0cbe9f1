/** The books: the trial balance of a month, and the entries behind each figure. */
import { base, filters, get } from './client';
import type { LedgerPage, TrialBalance } from './types';

export type EntryFilter = Record<string, string>;
export type EntryQuery = { q?: string; cursor?: string; limit?: number; filter: EntryFilter };
type Format = 'xlsx' | 'csv';

export const fetchTrialBalance = (month: string | undefined, signal?: AbortSignal) =>
  get<TrialBalance>('/ledger/trial-balance', { month }, signal);

export const fetchEntries = ({ filter, ...query }: EntryQuery, signal?: AbortSignal) =>
  get<LedgerPage>('/ledger/entries', { ...query, ...filters(filter) }, signal);

export const trialBalanceExport = (month: string, lang: string, format: Format): string =>
  `${base}/ledger/trial-balance/export.${format}?${new URLSearchParams({ month, lang })}`;

export function entriesExport(filter: EntryFilter, q: string, lang: string, format: Format): string {
  const query = new URLSearchParams({ lang });
  for (const [name, value] of Object.entries(filter)) if (value) query.set(`filter[${name}]`, value);
  if (q) query.set('q', q);
  return `${base}/ledger/entries/export.${format}?${query}`;
}
