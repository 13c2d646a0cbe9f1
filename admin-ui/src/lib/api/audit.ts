/** The audit log. */
import { filters, get } from './client';
import type { AuditRow, Page } from './types';

export type AuditFilters = Partial<Record<'entity_id' | 'actor_id' | 'action' | 'from' | 'until', string>>;

export const fetchAudit = (filter: AuditFilters, cursor?: string, signal?: AbortSignal) =>
  get<Page<AuditRow>>('/audit', { cursor, limit: 50, ...filters(filter) }, signal);
