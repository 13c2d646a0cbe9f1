/** Cached reads of suspensions: one, a list, and the one that a tutor is under. */
import { fetchReactivation, fetchSuspension, fetchSuspensions } from '$lib/api/suspensions';

export const suspensionQuery = (id: string) => ({
  queryKey: ['suspension', id],
  queryFn: () => fetchSuspension(id),
  retry: false
});

export const reactivationQuery = (id: string) => ({
  queryKey: ['reactivation', id],
  queryFn: () => fetchReactivation(id),
  retry: false
});

/** The suspension a tutor is under, if any. */
export const presentQuery = (tutor: string) => ({
  queryKey: ['suspensions', 'of', tutor],
  queryFn: async () => (await fetchSuspensions({ state: 'ACTIVE', tutor_id: tutor, limit: 1 })).items[0] ?? null
});
