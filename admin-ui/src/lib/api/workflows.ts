/** The generic half of the API: definitions, instances, history, commands and their previews. */
import { get, post } from './client';
import type { BulkResult, Explanation, HistoryItem, Instance, Json, Outcome, Preview, Workflow } from './types';

export type CommandBody = Record<string, Json>;

export const fetchWorkflows = () => get<Workflow[]>('/workflows');
export const fetchInstance = (workflow: string, id: string) => get<Instance>(`/workflows/${workflow}/${id}`);

export const fetchHistory = async (workflow: string, id: string) =>
  (await get<{ items: HistoryItem[] }>(`/workflows/${workflow}/${id}/history`)).items;

export const previewCommand = (
  workflow: string,
  id: string,
  command: string,
  body: CommandBody,
  signal?: AbortSignal
) => post<Preview>(`/workflows/${workflow}/${id}/commands/${command}/preview`, { body, signal });

export const runCommand = (workflow: string, id: string, command: string, body: CommandBody, idempotencyKey: string) =>
  post<Outcome>(`/workflows/${workflow}/${id}/commands/${command}`, { body, idempotencyKey });

export const runBulk = async (
  workflow: string,
  command: string,
  ids: string[],
  body: CommandBody,
  idempotencyKey: string
) =>
  (
    await post<{ results: BulkResult[] }>(`/workflows/${workflow}/commands/${command}/bulk`, {
      body: { ids, body },
      idempotencyKey
    })
  ).results;

export const fetchExplanation = (workflow: string, id: string) => get<Explanation>(`/explain/${workflow}/${id}`);
