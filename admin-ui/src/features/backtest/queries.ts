/** Cached reads of backtests. One that runs is asked again and again. */
import { fetchBacktest, fetchBacktestDecision, fetchBacktests } from '$lib/api/backtests';

const whileRunningMs = 1_500;
const shown = 10;

export const backtestQuery = (id: string) => ({
  queryKey: ['backtest', id],
  queryFn: () => fetchBacktest(id),
  refetchInterval: (query: { state: { data?: { state: string } } }) =>
    query.state.data?.state === 'RUNNING' ? whileRunningMs : false
});

/** Those of a publication's content, the newest first. */
export const publicationBacktests = (publicationId: string, content: string) => ({
  queryKey: ['backtests', 'publication', publicationId, content],
  queryFn: () => fetchBacktests({ publication_id: publicationId, limit: shown }),
  refetchInterval: (query: { state: { data?: { items: { state: string }[] } } }) =>
    query.state.data?.items.some((each) => each.state === 'RUNNING') ? whileRunningMs : false
});

export const decisionQuery = (id: string, decision: string) => ({
  queryKey: ['backtest', id, 'decision', decision],
  queryFn: () => fetchBacktestDecision(id, decision)
});
