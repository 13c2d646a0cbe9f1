/** Two snapshots of a record to the fields that differ. Pure. */
import type { Changed, Json } from '$lib/api/types';

type Snapshot = Record<string, Json> | null;

export function changesOf(before: Snapshot, after: Snapshot): Changed[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((field) => ({ field, old: before?.[field] ?? null, new: after?.[field] ?? null }))
    .filter((change) => JSON.stringify(change.old) !== JSON.stringify(change.new));
}
