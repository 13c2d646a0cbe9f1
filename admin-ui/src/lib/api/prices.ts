/** The price matrix: a page of it on a day, coverage, history, saving cells, academic years, cloning. */
import { base, filters, get, post } from './client';
import type {
  PriceClone,
  PriceClonePreview,
  PriceCloned,
  PriceCoverage,
  PriceEdit,
  PriceEditSummary,
  PriceLived,
  PriceMatrix,
  PriceYear
} from './types';

export type Audience = 'STUDENT' | 'TUTOR';
export type When = { tahun_ajaran_id?: string; day?: string };
export type PricePage = { audience: Audience; subject_id: string; subject_level_id?: string | null };
/** One combination; a siswa's has no Golongan. */
export type PriceCellKey = PricePage & { tingkat_id: string; segmentasi_id: string; golongan_id?: string | null };

export const fetchPriceYears = () => get<PriceYear[]>('/prices/years');
export const fetchPrices = (when: When, page: PricePage, signal?: AbortSignal) =>
  get<PriceMatrix>('/prices', filters({ ...when, ...page }), signal);
export const fetchCoverage = (when: When, audience: Audience, signal?: AbortSignal) =>
  get<PriceCoverage>('/prices/coverage', filters({ ...when, audience }), signal);
export const fetchPriceHistory = ({ audience: _, ...cell }: PriceCellKey, signal?: AbortSignal) =>
  get<PriceLived[]>('/prices/history', filters(cell), signal);

export const previewPrices = (body: PriceEdit, signal?: AbortSignal) =>
  post<PriceEditSummary>('/prices/preview', { body, signal });
/** Repeating it is harmless: each cell names the price that was seen in it. */
export const savePrices = (body: PriceEdit) => post<PriceEditSummary>('/prices', { body });

export const previewClone = (body: PriceClone, signal?: AbortSignal) =>
  post<PriceClonePreview>('/prices/clone/preview', { body, signal });
export const clonePrices = (body: PriceClone) => post<PriceCloned>('/prices/clone', { body });

/** The year's prices of a day as the CSV that the import reads. */
export const pricesFile = (when: When): string =>
  `${base}/prices/export.csv?${new URLSearchParams(
    Object.entries(filters(when)).flatMap(([name, value]) => (value ? [[name, String(value)]] : []))
  )}`;
