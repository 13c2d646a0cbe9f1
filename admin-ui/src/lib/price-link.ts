/** From a price that is missing to its cell of the matrix. */
import type { Json } from '$lib/api/types';
import { search } from '$lib/router/match';
import { can } from '$lib/session/session.svelte';

type Cell = {
  subject_id: string;
  subject_level_id: string | null;
  tingkat_id: string;
  segmentasi_id: string;
  golongan_id: string | null;
};
export type Missing = { audience: string; day: string; cell: Cell };

/** Null for who may not see prices. */
export function linkToCell({ audience, day, cell }: Missing): string | null {
  if (!can('price.read')) return null;
  const query = {
    audience,
    day,
    subject: cell.subject_id,
    level: cell.subject_level_id ?? undefined,
    tingkat: cell.tingkat_id,
    segmentasi: cell.segmentasi_id,
    golongan: cell.golongan_id ?? undefined
  };
  return `/prices${search(query)}`;
}

/** The same from the parameters of a refusal, if they name one. */
export function linkFromParams(params: Record<string, Json>): string | null {
  const { audience, day, cell } = params;
  const named = typeof audience === 'string' && typeof day === 'string' && cell && typeof cell === 'object';
  return named ? linkToCell({ audience, day, cell: cell as unknown as Cell }) : null;
}
