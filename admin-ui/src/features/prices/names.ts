/** Cells of the matrix in words. */
import type { PriceCellKey } from '$lib/api/prices';
import type { Catalog, Named } from '$lib/api/types';
import { tOpen } from '$lib/i18n/i18n.svelte';

/** Codes of the seed have texts of their own, those that people have added have their name. */
export function nameOf({ code, name }: Pick<Named, 'code' | 'name'>): string {
  const text = tOpen('choice', code);
  return text === code ? name : text;
}

function nameIn(rows: Named[] | undefined, id: string | null | undefined): string | undefined {
  const found = rows?.find((row) => row.id === id);
  return found && nameOf(found);
}

const joined = (parts: (string | undefined)[]): string => parts.filter(Boolean).join(' · ');

/** Within its page: `SD 5 · Reguler`. */
export function cellName(catalog: Catalog | undefined, key: PriceCellKey): string {
  return joined([
    nameIn(catalog?.tingkat, key.tingkat_id),
    nameIn(catalog?.segmentasi, key.segmentasi_id),
    nameIn(catalog?.golongan, key.golongan_id)
  ]);
}

/** Among all pages: `Siswa · Matematika · SD 5 · Reguler`. */
export function fullName(catalog: Catalog | undefined, key: PriceCellKey): string {
  const subject = catalog?.subjects.find(({ id }) => id === key.subject_id);
  const level = subject?.levels.find(({ id }) => id === key.subject_level_id)?.name;
  return joined([tOpen('choice', key.audience), subject?.name, level, cellName(catalog, key)]);
}
