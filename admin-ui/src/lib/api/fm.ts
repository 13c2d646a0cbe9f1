/** Force majeure claims: the queue, one in full, what may be claimed, filing one, and its evidence. */
import { filters, get, post } from './client';
import type { Claimable, FmClaim, FmClaimRow, FmFigures, NewFmClaim, Outcome, Page, Preview } from './types';

export type ClaimQuery = {
  q?: string;
  sort?: string;
  cursor?: string;
  limit?: number;
  state?: string;
  category?: string;
  tutor_id?: string;
  sesi_id?: string;
  late?: string;
};

export const fetchClaims = ({ state, category, tutor_id, sesi_id, late, ...query }: ClaimQuery, signal?: AbortSignal) =>
  get<Page<FmClaimRow>>(
    '/fm-claims',
    { ...query, ...filters({ state, category, tutor_id, sesi_id, late: late === 'true' || undefined }) },
    signal
  );

export const fetchClaimFigures = () => get<FmFigures>('/fm-claims/figures');
export const fetchClaim = (id: string) => get<FmClaim>(`/fm-claims/${id}`);

export const fetchClaimable = async (sesiId: string) =>
  (await get<{ items: Claimable[] }>('/fm-claims/claimable', { sesi_id: sesiId })).items;

export const previewClaim = (body: NewFmClaim, signal?: AbortSignal) =>
  post<Preview>('/fm-claims/preview', { body, signal });

export const fileClaim = (body: NewFmClaim, idempotencyKey: string) =>
  post<Outcome>('/fm-claims', { body, idempotencyKey });

/** A link to a file of evidence that lives five minutes; that it was opened is recorded. */
export const openEvidence = (claim: string, document: string) =>
  get<{ url: string }>(`/fm-claims/${claim}/evidence/${document}`);
