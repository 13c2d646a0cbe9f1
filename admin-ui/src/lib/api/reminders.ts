/** Who there is to remind, and who was reminded. */
import { filters, get, post } from './client';
import type { LatePayers, LowCompletion, Outcome, Page, ReminderRow } from './types';

export type ReminderKind = 'LATE_PAYMENT' | 'LOW_COMPLETION';
export type DueQuery = { q?: string; filter: Record<string, string> };
export type ReminderLogQuery = { q?: string; cursor?: string; limit?: number; filter: Record<string, string> };

export const fetchLatePayers = ({ q, filter }: DueQuery, signal?: AbortSignal) =>
  get<LatePayers>('/reminders/late-payers', { q, ...filters(filter) }, signal);

export const fetchLowCompletion = ({ q, filter }: DueQuery, signal?: AbortSignal) =>
  get<LowCompletion>('/reminders/low-completion', { q, ...filters(filter) }, signal);

export const fetchReminders = ({ filter, ...query }: ReminderLogQuery, signal?: AbortSignal) =>
  get<Page<ReminderRow>>('/reminders', { ...query, ...filters(filter) }, signal);

export const logReminders = (kind: ReminderKind, parties: string[], idempotencyKey: string) =>
  post<Outcome>('/reminders', { body: { kind, parties }, idempotencyKey });
