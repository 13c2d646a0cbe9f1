/** Measures of the business, and the sesi behind each figure. */
import { base, filters, get } from './client';
import type { CancellationReport, CancelledSesi, Page, Progress, ProgressRow, TaughtSesi } from './types';

export type CancellationFilter = Record<string, string>;
export type CancelledQuery = { q?: string; sort?: string; cursor?: string; limit?: number; filter: CancellationFilter };

const path = '/reports/cancellations';

export const fetchCancellations = (filter: CancellationFilter, signal?: AbortSignal) =>
  get<CancellationReport>(path, filters(filter), signal);

export const fetchCancelledSesi = ({ filter, ...query }: CancelledQuery, signal?: AbortSignal) =>
  get<Page<CancelledSesi>>(`${path}/sesi`, { ...query, ...filters(filter) }, signal);

export function cancellationExport(
  filter: CancellationFilter,
  q: string,
  lang: string,
  format: 'xlsx' | 'csv'
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(`filter[${name}]`, value);
  if (q) query.set('q', q);
  query.set('lang', lang);
  return `${base}${path}/export.${format}?${query}`;
}

export type ProgressQuery = { q?: string; sort?: string; cursor?: string; limit?: number; month: string };
export type MateriFilter = Record<string, string>;
export type MateriQuery = { q?: string; sort?: string; cursor?: string; limit?: number; filter: MateriFilter };

export const fetchProgressPage = ({ month, ...query }: ProgressQuery, signal?: AbortSignal) =>
  get<Page<ProgressRow>>('/reports/progress', { ...query, ...filters({ month }) }, signal);

export const fetchProgress = (siswaId: string, signal?: AbortSignal) =>
  get<Progress>(`/reports/progress/${siswaId}`, undefined, signal);

export const fetchMateri = ({ filter, ...query }: MateriQuery, signal?: AbortSignal) =>
  get<Page<TaughtSesi>>('/reports/materi', { ...query, ...filters(filter) }, signal);
