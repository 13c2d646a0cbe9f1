/** Looking after the catalog and the offices; picking from it is in `catalog.ts`. */
import { get, post, send } from './client';
import type { CatalogRow, OfficeRow, SubjectRow, SubjectWithLevels } from './types';

export type Status = 'ACTIVE' | 'ARCHIVED';
export type RowEdit = { name?: string; status?: Status; reason?: string };

/** `catalog/tingkat`, or `subjects/<id>/levels`: where rows stand in an order. */
export const fetchShelf = (shelf: string) => get<CatalogRow[]>(`/catalog/${shelf}`);
export const addRow = (at: string, body: { code: string; name: string }) => post<CatalogRow>(`/${at}`, { body });
export const editRow = (at: string, id: string, body: RowEdit, etag: string) =>
  send<CatalogRow>('PATCH', `/${at}/${id}`, { body, etag });
export const orderRows = (at: string, ids: string[]) => post<undefined>(`/${at}/order`, { body: { ids } });

export const fetchSubjects = () => get<SubjectRow[]>('/subjects');
export const fetchSubject = (id: string) => get<SubjectWithLevels>(`/subjects/${id}`);
export type SubjectEdit = RowEdit & { kategori_id?: string; has_levels?: boolean };
export const addSubject = (body: { code: string; name: string; kategori_id: string; has_levels: boolean }) =>
  post<SubjectWithLevels>('/subjects', { body });
export const editSubject = (id: string, body: SubjectEdit, etag: string) =>
  send<SubjectWithLevels>('PATCH', `/subjects/${id}`, { body, etag });

export const fetchOffices = () => get<OfficeRow[]>('/offices');
export type OfficeEdit = RowEdit & { zone?: string; lat?: number; long?: number };
export const addOffice = (body: { code: string; name: string; zone: string; lat: number; long: number }) =>
  post<OfficeRow>('/offices', { body });
export const editOffice = (id: string, body: OfficeEdit, etag: string) =>
  send<OfficeRow>('PATCH', `/offices/${id}`, { body, etag });
