/** Who owes how much since when, as of any day. */
import { base, filters, get } from './client';
import type { AgingView, SiswaAging } from './types';

export type AgingQuery = { q?: string; cursor?: string; limit?: number; as_of?: string; bucket?: string };

export const fetchAging = ({ as_of, bucket, ...query }: AgingQuery, signal?: AbortSignal) =>
  get<AgingView>('/aging', { ...query, ...filters({ as_of, bucket }) }, signal);

export const fetchSiswaAging = (id: string, as_of: string, signal?: AbortSignal) =>
  get<SiswaAging>(`/aging/${id}`, filters({ as_of }), signal);

export const agingWorkbook = (as_of: string, lang: string): string => {
  const query = new URLSearchParams({ lang });
  if (as_of) query.set('filter[as_of]', as_of);
  return `${base}/exports/aging.xlsx?${query}`;
};
