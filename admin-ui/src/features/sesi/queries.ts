/** Cached reads of one sesi. */
import { fetchSesi } from '$lib/api/sesi';

export const sesiQuery = (id: string) => ({ queryKey: ['sesi', id], queryFn: () => fetchSesi(id) });
