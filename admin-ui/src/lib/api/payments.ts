/** Payments: listed, shown, previewed, recorded one by one or many at once, taken back. */
import { filters, get, post } from './client';
import type {
  BulkPaymentPreview,
  BulkResult,
  OpenBills,
  Outcome,
  Page,
  PaymentRow,
  PaymentView,
  PphMonth,
  Preview
} from './types';

export type PaymentCommand = 'record' | 'apply_deposit' | 'pay_honorarium' | 'remit_pph' | 'reverse';
export type PaymentQuery = { q?: string; cursor?: string; limit?: number; sort?: string };
export type PaymentFilters = { kind?: string; method?: string; state?: string; month?: string; siswa_id?: string };
/** What was typed goes as it is when it is no number: the server says so at its field. */
export type PaymentBody = Record<string, unknown>;

export const fetchPayments = (query: PaymentQuery, filter: PaymentFilters, signal?: AbortSignal) =>
  get<Page<PaymentRow>>('/payments', { ...query, ...filters(filter) }, signal);

export const fetchPayment = (id: string) => get<PaymentView>(`/payments/${id}`);
export const fetchOpenBills = (siswa: string, signal?: AbortSignal) =>
  get<OpenBills>(`/payments/open/${siswa}`, undefined, signal);
export const fetchPph = () => get<PphMonth[]>('/payments/pph');

export const previewPayment = (command: PaymentCommand, body: PaymentBody, signal?: AbortSignal) =>
  post<Preview>(`/payments/commands/${command}/preview`, { body, signal });
export const recordPayment = (command: PaymentCommand, body: PaymentBody, idempotencyKey: string) =>
  post<Outcome>(`/payments/commands/${command}`, { body, idempotencyKey });

export const previewBulkPayment = (body: PaymentBody, signal?: AbortSignal) =>
  post<BulkPaymentPreview>('/payments/bulk/preview', { body, idempotencyKey: crypto.randomUUID(), signal });
export const recordBulkPayment = (body: PaymentBody, idempotencyKey: string) =>
  post<{ results: BulkResult[] }>('/payments/bulk', { body, idempotencyKey });
