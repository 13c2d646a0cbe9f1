/** Tasks: work waiting for a person. */
import { filters, get, post } from './client';
import type { Task, TaskComment, TaskDetail, TaskPage } from './types';

export type TaskQuery = { q?: string; kind?: string; late?: boolean; sort?: string; cursor?: string; limit?: number };

export const fetchTasks = ({ kind, late, ...query }: TaskQuery, signal?: AbortSignal) =>
  get<TaskPage>('/tasks', { ...query, ...filters({ mine: true, kind, late: late || undefined }) }, signal);

export const fetchTask = (id: string) => get<TaskDetail>(`/tasks/${id}`);

export const claimTask = (id: string) => post<Task>(`/tasks/${id}/claim`);
export const releaseTask = (id: string) => post<Task>(`/tasks/${id}/release`);
export const commentTask = (id: string, body: string) => post<TaskComment>(`/tasks/${id}/comments`, { body: { body } });
