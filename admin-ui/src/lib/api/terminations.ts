/** Terminations of tutors. What follows the decision are commands of the workflow. */
import { filters, get, post } from './client';
import type { NewTermination, Outcome, Page, Preview, TerminationRow, TerminationView } from './types';

export type TerminationQuery = { q?: string; cursor?: string; limit?: number; state?: string; tutor_id?: string };

export const fetchTerminations = ({ state, tutor_id, ...query }: TerminationQuery, signal?: AbortSignal) =>
  get<Page<TerminationRow>>('/terminations', { ...query, ...filters({ state, tutor_id }) }, signal);

export const fetchTermination = (id: string) => get<TerminationView>(`/terminations/${id}`);

export const previewTermination = (body: NewTermination, signal?: AbortSignal) =>
  post<Preview>('/terminations/preview', { body, signal });

export const decideTermination = (body: NewTermination, idempotencyKey: string) =>
  post<Outcome>('/terminations', { body, idempotencyKey });
