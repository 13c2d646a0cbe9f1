/** Cached reads of Tagihan; the keys are shared by everything that shows one. */
import { fetchTagihan } from '$lib/api/tagihan';

export const tagihanQuery = (id: string) => ({ queryKey: ['tagihan', id], queryFn: () => fetchTagihan(id) });
