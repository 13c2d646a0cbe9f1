/** From a page of the matrix to the rows and columns of the grid and back: pure. */
import type { Audience, PriceCellKey, PricePage } from '$lib/api/prices';
import type { PriceCell, PriceMatrix } from '$lib/api/types';
import type { Spot } from '$lib/ui/grid/area';

export type Column = { id: string; label: string; group?: string; segmentasi_id: string; golongan_id: string | null };
export type Layout = {
  page: PricePage;
  rows: { id: string; label: string }[];
  columns: Column[];
};

/** Siswa: Tingkat down, Segmentasi across; tutors: below each Segmentasi its Golongan. */
export function layout(matrix: PriceMatrix, page: PricePage, nameOf: (code: string, name: string) => string): Layout {
  const rows = matrix.tingkat.map(({ id, name }) => ({ id, label: name }));
  const columns = matrix.segmentasi.flatMap((segmentasi): Column[] => {
    const name = nameOf(segmentasi.code, segmentasi.name);
    if (page.audience === 'STUDENT') {
      return [{ id: segmentasi.id, label: name, segmentasi_id: segmentasi.id, golongan_id: null }];
    }
    return matrix.golongan.map((golongan) => ({
      id: `${segmentasi.id}|${golongan.id}`,
      label: shortGolongan(golongan.code, golongan.name),
      group: name,
      segmentasi_id: segmentasi.id,
      golongan_id: golongan.id
    }));
  });
  return { page, rows, columns };
}

/** Fifteen columns leave room for little. */
function shortGolongan(code: string, name: string): string {
  const number = /^GOL_(\d+)$/.exec(code)?.[1];
  if (number) return `Gol ${number}`;
  return code === 'NON_GOLONGAN' ? 'Non' : name;
}

export function keyAt({ page, rows, columns }: Layout, { row, column }: Spot): PriceCellKey {
  const { segmentasi_id, golongan_id } = columns[column]!;
  return { ...page, tingkat_id: rows[row]!.id, segmentasi_id, golongan_id };
}

export function spotOf(
  { rows, columns }: Layout,
  tingkat?: string,
  segmentasi?: string,
  golongan?: string
): Spot | null {
  const row = rows.findIndex(({ id }) => id === tingkat);
  const column = columns.findIndex(
    (each) => each.segmentasi_id === segmentasi && (each.golongan_id ?? undefined) === (golongan || undefined)
  );
  return row < 0 || column < 0 ? null : { row, column };
}

export type Filled = Map<string, PriceCell>;
const placeOf = (tingkat: string, segmentasi: string, golongan: string | null | undefined) =>
  `${tingkat}|${segmentasi}|${golongan ?? ''}`;

export const filledCells = (matrix: PriceMatrix): Filled =>
  new Map(matrix.cells.map((cell) => [placeOf(cell.tingkat_id, cell.segmentasi_id, cell.golongan_id), cell]));

export const cellOf = (filled: Filled, key: PriceCellKey): PriceCell | undefined =>
  filled.get(placeOf(key.tingkat_id, key.segmentasi_id, key.golongan_id));

/** So many times the mean of the others is a slip of the keys, most likely (SPEC PRC-7). */
const far = 10;

/** The cells whose amount is far above the mean of all others on the page. */
export function farAbove(amounts: (number | null)[]): boolean[] {
  const given = amounts.filter((amount) => amount !== null);
  const sum = given.reduce((all, amount) => all + amount, 0);
  return amounts.map((amount) => {
    if (amount === null || given.length < 2 || sum === amount) return false;
    return amount * (given.length - 1) > far * (sum - amount);
  });
}

export type CoveredPage = { subject_id: string; subject_level_id: string | null; filled: number; total: number };
export type CoveredSubject = { id: string; filled: number; total: number; pages: CoveredPage[] };

/** Levels together as their Subject. */
export function bySubject(pages: CoveredPage[]): Map<string, CoveredSubject> {
  const subjects = new Map<string, CoveredSubject>();
  for (const page of pages) {
    const subject = subjects.get(page.subject_id) ?? { id: page.subject_id, filled: 0, total: 0, pages: [] };
    subject.filled += page.filled;
    subject.total += page.total;
    subject.pages.push(page);
    subjects.set(page.subject_id, subject);
  }
  return subjects;
}

/** `12/20 = 60 %`; never 100 while something is missing. */
export const percent = (filled: number, total: number): number =>
  total === 0 ? 100 : filled === total ? 100 : Math.min(99, Math.round((filled / total) * 100));

export const isAudience = (text: string | undefined): text is Audience => text === 'STUDENT' || text === 'TUTOR';
