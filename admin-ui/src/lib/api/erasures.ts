/** Requests to erase a person: ask, see what it would destroy, and list them. What follows are commands of the workflow. */
import { filters, get, post } from './client';
import type { Erasure, ErasureRow, Outcome, Page, Preview } from './types';

export type ErasureQuery = { q?: string; cursor?: string; limit?: number; state?: string };

export const fetchErasures = ({ state, ...query }: ErasureQuery, signal?: AbortSignal) =>
  get<Page<ErasureRow>>('/erasures', { ...query, ...filters({ state }) }, signal);

export const previewErasure = (body: Erasure, signal?: AbortSignal) =>
  post<Preview>('/erasures/preview', { body, signal });

export const requestErasure = (body: Erasure, idempotencyKey: string) =>
  post<Outcome>('/erasures', { body, idempotencyKey });
