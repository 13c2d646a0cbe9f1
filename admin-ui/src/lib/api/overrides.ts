/** Overriding a computed result of a sesi: ask, see what it would do, and read one. What follows are commands of the workflow. */
import { get, post } from './client';
import type { NewOverride, Outcome, OverrideView, Preview } from './types';

/** What was typed for the amount goes as it is when it is no number: the server says so at its field. */
export type OverrideWish = Omit<NewOverride, 'final_rp'> & { final_rp: number | string | null };

export const fetchOverride = (id: string) => get<OverrideView>(`/overrides/${id}`);

export const previewOverride = (body: OverrideWish, signal?: AbortSignal) =>
  post<Preview>('/overrides/preview', { body, signal });

export const requestOverride = (body: OverrideWish, idempotencyKey: string) =>
  post<Outcome>('/overrides', { body, idempotencyKey });
