/** Suspensions of tutors and requests to end them early. What follows the first command are commands of the workflows. */
import { filters, get, post } from './client';
import type {
  NewReactivation,
  NewSuspension,
  Outcome,
  Page,
  Preview,
  ReactivationView,
  SuspensionRow,
  SuspensionView
} from './types';

export type SuspensionQuery = {
  q?: string;
  cursor?: string;
  limit?: number;
  sort?: string;
  state?: string;
  tutor_id?: string;
};
/** What was typed for the days goes as it is when it is no number: the server says so at its field. */
export type SuspensionWish = Omit<NewSuspension, 'days'> & { days: number | string | null };

export const fetchSuspensions = ({ state, tutor_id, ...query }: SuspensionQuery, signal?: AbortSignal) =>
  get<Page<SuspensionRow>>('/suspensions', { ...query, ...filters({ state, tutor_id }) }, signal);

export const fetchSuspension = (id: string) => get<SuspensionView>(`/suspensions/${id}`);

export const previewSuspension = (body: SuspensionWish, signal?: AbortSignal) =>
  post<Preview>('/suspensions/preview', { body, signal });

export const imposeSuspension = (body: SuspensionWish, idempotencyKey: string) =>
  post<Outcome>('/suspensions', { body, idempotencyKey });

export const fetchReactivation = (id: string) => get<ReactivationView>(`/reactivations/${id}`);

export const requestReactivation = (body: NewReactivation, idempotencyKey: string) =>
  post<Outcome>('/reactivations', { body, idempotencyKey });
