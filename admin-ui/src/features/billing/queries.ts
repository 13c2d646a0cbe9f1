/** Cached reads of billing runs. One that works is asked again and again; one that waits for a person now and then. */
import { fetchBillingRun, fetchBillingRuns, type BillingQuery } from '$lib/api/billing';

const whileWorkingMs = 1_000;
const whileWaitingMs = 5_000;
const page = 50;

export const works = (state: string) => state === 'PREFLIGHT' || state === 'RUNNING';
const pace = (states: string[]) =>
  states.some(works) ? whileWorkingMs : states.some((state) => state === 'HALTED') ? whileWaitingMs : false;

export const billingRunQuery = (id: string) => ({
  queryKey: ['billing-run', id],
  queryFn: () => fetchBillingRun(id),
  refetchInterval: (query: { state: { data?: { state: string } } }) =>
    query.state.data ? pace([query.state.data.state]) : false
});

export const billingRunsQuery = (wanted: BillingQuery) => ({
  queryKey: ['billing-runs', wanted],
  queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
    fetchBillingRuns({ ...wanted, cursor: pageParam, limit: page }, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor ?? undefined,
  refetchInterval: whileWaitingMs
});

/** The run that lies ready for the next month. */
export const scheduledQuery = () => ({
  queryKey: ['billing-runs', 'scheduled'],
  queryFn: () => fetchBillingRuns({ state: 'SCHEDULED', limit: 1 }),
  refetchInterval: whileWaitingMs
});
