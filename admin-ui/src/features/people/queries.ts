/** Cached reads of one tutor, one siswa, and of what both can be made of. */
import { fetchCatalog } from '$lib/api/catalog';
import { fetchSiswa, fetchTutor } from '$lib/api/people';

export const tutorQuery = (id: string) => ({ queryKey: ['tutor', id], queryFn: () => fetchTutor(id), retry: false });
export const siswaQuery = (id: string) => ({ queryKey: ['siswa', id], queryFn: () => fetchSiswa(id), retry: false });
export const catalogQuery = () => ({ queryKey: ['catalog'], queryFn: fetchCatalog, staleTime: 60_000 });
