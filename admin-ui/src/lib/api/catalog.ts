/** What a sesi can be made of: catalog dimensions, siswa and tutor. */
import { filters, get } from './client';
import type { Catalog, Page, Siswa, Tutor } from './types';

const pickLimit = 12;

export const fetchCatalog = () => get<Catalog>('/catalog');

export const searchSiswa = (q: string, signal?: AbortSignal) =>
  get<Page<Siswa>>('/siswa', { q, limit: pickLimit }, signal);

export const searchTutor = (q: string, subjectId?: string, signal?: AbortSignal) =>
  get<Page<Tutor>>('/tutor', { q, limit: pickLimit, ...filters({ subject_id: subjectId }) }, signal);
