/** Months and how they are closed. What follows the first command are commands of `period_close` and `period_reopening`. */
import { get, post } from './client';
import type { NewPeriodReopening, Outcome, PeriodRow, PeriodVerification, PeriodView, Preview } from './types';

export const fetchPeriods = async () => (await get<{ items: PeriodRow[] }>('/periods')).items;

export const fetchPeriod = (month: string) => get<PeriodView>(`/periods/${month}`);

export const verifyPeriod = (month: string) => get<PeriodVerification>(`/periods/${month}/verification`);

export const beginClose = (month: string, idempotencyKey: string) =>
  post<Outcome>('/period-closes', { body: { month }, idempotencyKey });

export const previewReopening = (body: NewPeriodReopening, signal?: AbortSignal) =>
  post<Preview>('/period-reopenings/preview', { body, signal });

export const requestReopening = (body: NewPeriodReopening, idempotencyKey: string) =>
  post<Outcome>('/period-reopenings', { body, idempotencyKey });
