/** Whom an erasure is about, found by name: accounts, tutor and siswa alike. */
import { searchSiswa, searchTutor } from '$lib/api/catalog';
import { fetchUsers } from '$lib/api/users';
import type { Erasure } from '$lib/api/types';

export type PersonKind = Erasure['person_kind'];
export type Person = { id: string; name: string; detail: string };

export const kinds: PersonKind[] = ['SISWA', 'TUTOR', 'USER'];
export const grounds: Erasure['ground'][] = ['REQUEST_OF_PERSON', 'RETENTION_ENDED', 'LEGAL_ORDER'];
const pickLimit = 12;

export async function searchPerson(kind: PersonKind, q: string, signal: AbortSignal): Promise<Person[]> {
  if (kind === 'USER') {
    const { items } = await fetchUsers({ q, limit: pickLimit }, signal);
    return items.map(({ id, name, email }) => ({ id, name, detail: email }));
  }
  if (kind === 'TUTOR') {
    const { items } = await searchTutor(q, undefined, signal);
    return items.map(({ id, name, code }) => ({ id, name, detail: code }));
  }
  const { items } = await searchSiswa(q, signal);
  return items.map(({ id, name, code }) => ({ id, name, detail: code }));
}

/** An account that was erased keeps this instead of an address. */
export const isErasedAccount = (user: { email: string }) => user.email.endsWith('@erased.invalid');
