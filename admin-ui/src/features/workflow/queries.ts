/** Cached reads of the generic half of the API, and what to refresh after a command. */
import type { QueryClient } from '@tanstack/svelte-query';
import { fetchExplanation, fetchHistory, fetchInstance, fetchWorkflows } from '$lib/api/workflows';

export const workflowsQuery = () => ({ queryKey: ['workflows'], queryFn: fetchWorkflows, staleTime: Infinity });

export const instanceQuery = (workflow: string, id: string) => ({
  queryKey: ['instance', workflow, id],
  queryFn: () => fetchInstance(workflow, id)
});

export const historyQuery = (workflow: string, id: string) => ({
  queryKey: ['history', workflow, id],
  queryFn: () => fetchHistory(workflow, id)
});

export const explanationQuery = (workflow: string, id: string) => ({
  queryKey: ['explanation', workflow, id],
  queryFn: () => fetchExplanation(workflow, id)
});

/** A command may change anything that is counted or listed. */
export async function refreshAfterCommand(client: QueryClient): Promise<void> {
  await client.invalidateQueries({
    predicate: (query) => !['workflows', 'catalog'].includes(String(query.queryKey[0]))
  });
}
