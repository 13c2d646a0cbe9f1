/** Honorarium: the list with its sums, one in full, its slip; and paying them, each by the payment workflow. */
import { base, filters, get, post } from './client';
import type { BulkResult, Explanation, HonorariumDetail, HonorariumPage } from './types';

export type HonorariumQuery = {
  q?: string;
  cursor?: string;
  limit?: number;
  sort?: string;
  month?: string;
  status?: string;
  tutor_id?: string;
  run_id?: string;
};

export const fetchHonoraria = ({ month, status, tutor_id, run_id, ...query }: HonorariumQuery, signal?: AbortSignal) =>
  get<HonorariumPage>('/honorarium', { ...query, ...filters({ month, status, tutor_id, run_id }) }, signal);

export const fetchHonorarium = (id: string) => get<HonorariumDetail>(`/honorarium/${id}`);

export const fetchLineExplanation = (id: string, number: number) =>
  get<Explanation>(`/explain/honorarium/${id}/${number}`);

export const slipAddress = (id: string) => `${base}/honorarium/${id}/pdf`;

export type BulkPayment = {
  paid_on: string;
  method: string;
  reference?: string;
  proof_document_id?: string;
  /** Of every row without an amount of its own: hundredths of a percent of what was earned. */
  pph_bps?: number;
  rows: { kind: 'HONORARIUM'; id: string; pph_withheld_rp?: number }[];
};

/** A result per row. */
export const payHonoraria = async (body: BulkPayment, idempotencyKey: string) =>
  (await post<{ results: BulkResult[] }>('/payments/bulk', { body, idempotencyKey })).results;
