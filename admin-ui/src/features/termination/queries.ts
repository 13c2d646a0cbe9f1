/** Cached reads of terminations: one, and the latest of a tutor. */
import { fetchTermination, fetchTerminations } from '$lib/api/terminations';

export const terminationQuery = (id: string) => ({
  queryKey: ['termination', id],
  queryFn: () => fetchTermination(id),
  retry: false
});

/** The latest termination of a tutor, if any. */
export const latestQuery = (tutor: string) => ({
  queryKey: ['terminations', 'of', tutor],
  queryFn: async () => (await fetchTerminations({ tutor_id: tutor, limit: 1 })).items[0] ?? null
});
