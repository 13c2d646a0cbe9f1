/** Cached reads of terminations: one, and the latest of a tutor. */
import { fetchTermination, fetchTerminations } from '$lib/api/terminations';
import type { TerminationView } from '$lib/api/types';

const soonMs = 1_000;

/** While a job calculates the settlement, the page looks again by itself. */
export const soon = (termination: TerminationView | undefined): number | false =>
  termination?.checklist.some((step) => step.name === 'settle' && step.state === 'OPEN') ? soonMs : false;

export const terminationQuery = (id: string) => ({
  queryKey: ['termination', id],
  queryFn: () => fetchTermination(id),
  refetchInterval: (query: { state: { data?: TerminationView } }) => soon(query.state.data),
  retry: false
});

/** The latest termination of a tutor, if any. */
export const latestQuery = (tutor: string) => ({
  queryKey: ['terminations', 'of', tutor],
  queryFn: async () => (await fetchTerminations({ tutor_id: tutor, limit: 1 })).items[0] ?? null
});
