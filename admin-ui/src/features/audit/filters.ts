/** The filters of the audit as they stand in the address, and what they ask of the server. Pure. */
import type { AuditFilters } from '$lib/api/audit';
import type { Query } from '$lib/router/match';
import { daysOf } from './ranges';

export const filterNames = [
  'q',
  'range',
  'from',
  'until',
  'actor_id',
  'action',
  'entity_type',
  'entity',
  'entity_id'
] as const;

/** `today` and `zone` turn a named range into days, and tell the server whose days they are. */
export function asked(query: Query, today: string, zone: string): AuditFilters {
  const { range, from, until, actor_id, action, entity_type, entity, entity_id } = query;
  const days = daysOf(range, today) ?? { from, until };
  return { ...days, zone, actor_id, action, entity_type, entity, entity_id };
}

export const isFiltered = (query: Query): boolean => filterNames.some((name) => query[name]);
export const nothingAsked: Query = Object.fromEntries(filterNames.map((name) => [name, '']));
