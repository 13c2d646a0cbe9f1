/** Cached reads of the generic half of the API, and what to refresh after a command. */
import type { QueryClient } from '@tanstack/svelte-query';
import { fetchTask } from '$lib/api/tasks';
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

export const taskQuery = (id: string) => ({ queryKey: ['task', id], queryFn: () => fetchTask(id) });

/** Who holds a task and what is said about it stands in lists and at instances, and nowhere else. */
export async function refreshTasks(client: QueryClient): Promise<void> {
  await client.invalidateQueries({
    predicate: (query) => ['task', 'tasks', 'instance'].includes(String(query.queryKey[0]))
  });
}

/** A command may change anything that is counted or listed; the task it has closed is no longer to be asked for. */
export async function refreshAfterCommand(client: QueryClient): Promise<void> {
  await client.invalidateQueries({
    predicate: (query) => !['workflows', 'catalog', 'task'].includes(String(query.queryKey[0]))
  });
}
