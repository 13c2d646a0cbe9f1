/** The audit log: its records, what may be chosen, all about one entity, exports and monthly archives. */
import { base, filters, get } from './client';
import type { AuditArchives, AuditEntity, AuditFacets, AuditPage } from './types';

export type AuditFilters = Partial<
  Record<'entity_id' | 'entity' | 'entity_type' | 'actor_id' | 'action' | 'from' | 'until' | 'zone', string>
>;
export type AuditQuery = { q?: string; sort?: string; cursor?: string };

export const fetchAudit = (filter: AuditFilters, query: AuditQuery = {}, signal?: AbortSignal) =>
  get<AuditPage>('/audit', { ...query, limit: 50, ...filters(filter) }, signal);

export const fetchAuditFacets = (filter: AuditFilters, q?: string, signal?: AbortSignal) =>
  get<AuditFacets>('/audit/facets', { q, ...filters(filter) }, signal);

export const fetchAuditEntity = (type: string, id: string) =>
  get<AuditEntity>(`/audit/entities/${encodeURIComponent(type)}/${encodeURIComponent(id)}`);

export const fetchAuditArchives = () => get<AuditArchives>('/audit/archives');

export type ExportFormat = 'csv' | 'xlsx';

/** Where a browser downloads what the filters leave. */
export function exportAddress(format: ExportFormat, filter: AuditFilters, q: string | undefined, lang: string): string {
  const pairs = Object.entries({ q, lang, ...filters(filter) }).filter(([, value]) => value);
  return `${base}/audit/export.${format}?${new URLSearchParams(pairs as [string, string][])}`;
}

export const archiveAddress = (id: string): string => `${base}/audit/archives/${id}/content`;
