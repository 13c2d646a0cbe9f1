/** Who could stand in at a sesi, and moving many sesi at once. Standing in itself is a command, see workflows.ts. */
import { filters, get, post } from './client';
import type { BulkResult, ReassignItem, ReassignRow, Substitutes } from './types';

export type SubstituteQuery = { q?: string; excluded?: boolean };
export type Move = { tutor_id?: string; shift_minutes?: number; outside_slots_reason?: string };

export const fetchSubstitutes = (id: string, { q, excluded }: SubstituteQuery, signal?: AbortSignal) =>
  get<Substitutes>(`/sesi/${id}/substitutes`, { q, ...filters({ show: excluded ? 'excluded' : undefined }) }, signal);

export const tryReassign = async (ids: string[], move: Move) =>
  (await post<{ rows: ReassignRow[] }>('/sesi/reassign/preview', { body: { ids, ...move } })).rows;

export const runReassign = async (
  items: ReassignItem[],
  words: { tutor_id?: string; reason: string; outside_slots_reason?: string },
  idempotencyKey: string
) => (await post<{ results: BulkResult[] }>('/sesi/reassign', { body: { items, ...words }, idempotencyKey })).results;
