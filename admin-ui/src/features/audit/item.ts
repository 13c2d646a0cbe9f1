/** The things that happen to an entity, sorted into the few kinds people look for. Pure. */
import type { Key } from '$lib/i18n/i18n.svelte';
import type { AuditItem } from '$lib/api/types';

export type Kind = AuditItem['what']['kind'];
export const groups = ['records', 'entries', 'decisions', 'work', 'documents'] as const;
export type Group = (typeof groups)[number];

const groupOfKind: Record<Kind, Group> = {
  step: 'records',
  record: 'records',
  started: 'records',
  entry: 'entries',
  decision: 'decisions',
  document: 'documents',
  task_opened: 'work',
  task_closed: 'work',
  timer: 'work',
  job: 'work'
};

export const groupLabels: Record<Group, Key> = {
  records: 'audit.group.records',
  entries: 'audit.group.entries',
  decisions: 'audit.group.decisions',
  work: 'audit.group.work',
  documents: 'audit.group.documents'
};

export const groupOf = (item: AuditItem): Group => groupOfKind[item.what.kind];

/** Groups that have something, each with how much. */
export function counted(items: AuditItem[]): { group: Group; n: number }[] {
  const all = groups.map((group) => ({ group, n: items.filter((item) => groupOf(item) === group).length }));
  return all.filter(({ n }) => n > 0);
}

export type Day = { name: string; items: AuditItem[] };

/** Items day by day; `dayOf` says what day an instant is called. */
export function byDay(items: AuditItem[], dayOf: (instant: string) => string): Day[] {
  const days: Day[] = [];
  for (const item of items) {
    const name = dayOf(item.at);
    if (days.at(-1)?.name !== name) days.push({ name, items: [] });
    days.at(-1)!.items.push(item);
  }
  return days;
}
