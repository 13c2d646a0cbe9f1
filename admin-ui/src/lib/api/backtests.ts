/** Backtests: begin one, follow it, read its report, open a difference, take all of them out. */
import { base, filters, get, post } from './client';
import type { BacktestDecision, BacktestDetail, BacktestRow, NewBacktest, Outcome, Page } from './types';

export type BacktestQuery = {
  q?: string;
  cursor?: string;
  limit?: number;
  state?: string;
  subject?: string;
  kind?: string;
  publication_id?: string;
};

export const fetchBacktests = (
  { state, subject, kind, publication_id, ...query }: BacktestQuery,
  signal?: AbortSignal
) => get<Page<BacktestRow>>('/backtests', { ...query, ...filters({ state, subject, kind, publication_id }) }, signal);

export const fetchBacktest = (id: string) => get<BacktestDetail>(`/backtests/${id}`);

export const fetchBacktestDecision = (id: string, decision: string) =>
  get<BacktestDecision>(`/backtests/${id}/decisions/${encodeURIComponent(decision)}`);

export const startBacktest = (body: NewBacktest, idempotencyKey: string) =>
  post<Outcome>('/backtests', { body, idempotencyKey });

export const backtestExportAddress = (id: string, lang: string) => `${base}/backtests/${id}/export.xlsx?lang=${lang}`;
