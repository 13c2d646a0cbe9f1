/** Tutors and siswa as people keep them: lists, forms, status, documents, Slots, subjects, preferred tutors. */
import { base, filters, get, post, send } from './client';
import { uploadDocument } from './documents';
import type {
  FormCheck,
  NewSiswa,
  NewTutor,
  OpenedDocument,
  Page,
  PersonDocument,
  SiswaDetail,
  SiswaForm,
  SiswaSummary,
  SlotWindow,
  SubjectChoice,
  TutorDetail,
  TutorForm,
  TutorSummary
} from './types';

export type Kind = 'tutor' | 'siswa';
export type Role = 'PHOTO' | 'KTP' | 'AKTA' | 'CONTRACT';
export type ListQuery = { q?: string; sort?: string; cursor?: string; limit?: number };
export type TutorFilters = Partial<Record<'status' | 'office_id' | 'golongan_id' | 'subject_id' | 'document', string>>;
export type SiswaFilters = Partial<
  Record<'status' | 'office_id' | 'tingkat_id' | 'segmentasi_id' | 'document', string>
>;
/** The row that was seen and the key of the write. */
export type Seen = { etag: string; idempotencyKey: string };

const path = (kind: Kind, id = '', rest = '') => `/people/${kind}${id && `/${id}`}${rest}`;

export const fetchTutors = (query: ListQuery, filter: TutorFilters, signal?: AbortSignal) =>
  get<Page<TutorSummary>>(path('tutor'), { ...query, ...filters(filter) }, signal);
export const fetchSiswaList = (query: ListQuery, filter: SiswaFilters, signal?: AbortSignal) =>
  get<Page<SiswaSummary>>(path('siswa'), { ...query, ...filters(filter) }, signal);

export const fetchTutor = (id: string) => get<TutorDetail>(path('tutor', id));
export const fetchSiswa = (id: string) => get<SiswaDetail>(path('siswa', id));

export const checkTutor = (tutor: TutorForm, id: string | undefined, signal?: AbortSignal) =>
  post<FormCheck>(path('tutor', '', '/check'), { body: { id, tutor }, signal });
export const checkSiswa = (siswa: SiswaForm, id: string | undefined, signal?: AbortSignal) =>
  post<FormCheck>(path('siswa', '', '/check'), { body: { id, siswa }, signal });

export const createTutor = (body: NewTutor, idempotencyKey: string) =>
  post<TutorDetail>(path('tutor'), { body, idempotencyKey });
export const createSiswa = (body: NewSiswa, idempotencyKey: string) =>
  post<SiswaDetail>(path('siswa'), { body, idempotencyKey });

export const changeTutor = (id: string, body: { tutor: TutorForm; reason?: string }, seen: Seen) =>
  send<TutorDetail>('PATCH', path('tutor', id), { body, ...seen });
export const changeSiswa = (id: string, body: { siswa: SiswaForm; reason?: string }, seen: Seen) =>
  send<SiswaDetail>('PATCH', path('siswa', id), { body, ...seen });

export const changeStatus = <T>(kind: Kind, id: string, body: { status: string; reason: string }, seen: Seen) =>
  send<T>('PATCH', path(kind, id, '/status'), { body, ...seen });
export const saveSlots = (id: string, slots: SlotWindow[], seen: Seen) =>
  send<TutorDetail>('PATCH', path('tutor', id, '/slots'), { body: { slots }, ...seen });
export const saveSubjects = (id: string, subjects: SubjectChoice[], seen: Seen) =>
  send<TutorDetail>('PATCH', path('tutor', id, '/subjects'), { body: { subjects }, ...seen });
export const savePreferred = (id: string, tutors: string[], seen: Seen) =>
  send<SiswaDetail>('PATCH', path('siswa', id, '/preferred'), { body: { tutors }, ...seen });

export const openDocument = (kind: Kind, id: string, document: string) =>
  get<OpenedDocument>(path(kind, id, `/documents/${document}`));
export const uploadOf = (kind: Kind, id: string, role: Role) => (file: File, onProgress: (share: number) => void) =>
  uploadDocument<PersonDocument>(file, onProgress, path(kind, id, role === 'PHOTO' ? '/photo' : `/identity/${role}`));

export function exportAddress(
  kind: Kind,
  format: 'csv' | 'xlsx',
  filter: TutorFilters | SiswaFilters,
  rest: { q: string; sort: string; lang: string }
): string {
  const pairs = Object.entries({ ...rest, ...filters(filter) }).filter(([, value]) => value);
  return `${base}${path(kind)}/export.${format}?${new URLSearchParams(pairs as [string, string][])}`;
}
