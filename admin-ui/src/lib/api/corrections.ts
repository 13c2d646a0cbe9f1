/** Adjustments, credit notes, refunds, write-offs and reversals: begin one, see what it would do, list and read them. */
import { filters, get, post } from './client';
import type { CorrectionRow, CorrectionView, Json, Outcome, Page, Preview } from './types';

export const correctionKinds = ['adjustments', 'credit-notes', 'refunds', 'write-offs', 'reversals'] as const;
export type CorrectionKind = (typeof correctionKinds)[number];
export type CorrectionWish = Record<string, Json>;
export type CorrectionQuery = {
  q?: string;
  cursor?: string;
  limit?: number;
  sort?: string;
  filter?: Record<string, string>;
};

export const fetchCorrections = (
  kind: CorrectionKind,
  { filter = {}, ...query }: CorrectionQuery,
  signal?: AbortSignal
) => get<Page<CorrectionRow>>(`/${kind}`, { ...query, ...filters(filter) }, signal);

export const fetchCorrection = (kind: CorrectionKind, id: string) => get<CorrectionView>(`/${kind}/${id}`);

export const previewCorrection = (kind: CorrectionKind, body: CorrectionWish, signal?: AbortSignal) =>
  post<Preview>(`/${kind}/preview`, { body, signal });

export const beginCorrection = (kind: CorrectionKind, body: CorrectionWish, idempotencyKey: string) =>
  post<Outcome>(`/${kind}`, { body, idempotencyKey });
