/** Sesi: list, detail, new. Commands on a sesi are in workflows.ts. */
import { filters, get, post } from './client';
import type { NewSesi, Outcome, Page, Sesi, SesiPreview, SesiRow } from './types';

export type SesiFilters = Partial<
  Record<'state' | 'tutor_id' | 'siswa_id' | 'office_id' | 'mode' | 'from' | 'until' | 'flag', string>
>;
export type SesiQuery = { q?: string; sort?: string; cursor?: string; limit?: number; filter?: SesiFilters };

export const fetchSesiPage = ({ filter = {}, ...query }: SesiQuery, signal?: AbortSignal) =>
  get<Page<SesiRow>>('/sesi', { ...query, ...filters(filter) }, signal);

export const fetchSesi = (id: string) => get<Sesi>(`/sesi/${id}`);

export const previewSesi = (body: NewSesi, signal?: AbortSignal) =>
  post<SesiPreview>('/sesi/preview', { body, signal });

export const createSesi = (body: NewSesi, idempotencyKey: string) => post<Outcome>('/sesi', { body, idempotencyKey });
