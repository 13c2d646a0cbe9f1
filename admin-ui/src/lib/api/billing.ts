/** Billing runs: what lies ready, what ran, one in full; and beginning one by hand. */
import { filters, get, post } from './client';
import type { BillingRunDetail, BillingRunRow, NewBillingRun, Outcome, Page } from './types';

export type BillingQuery = { q?: string; cursor?: string; limit?: number; state?: string; month?: string };

export const fetchBillingRuns = ({ state, month, ...query }: BillingQuery, signal?: AbortSignal) =>
  get<Page<BillingRunRow>>('/billing-runs', { ...query, ...filters({ state, month }) }, signal);

export const fetchBillingRun = (id: string) => get<BillingRunDetail>(`/billing-runs/${id}`);

export const beginBilling = (body: NewBillingRun, idempotencyKey: string) =>
  post<Outcome>('/billing-runs', { body, idempotencyKey });
