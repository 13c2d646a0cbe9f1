/** Dead letters: jobs that failed their last try and wait for a person. */
import { filters, get, post } from './client';
import type { DeadJob, Page } from './types';

export const fetchDeadJobs = () => get<Page<DeadJob>>('/jobs', { limit: 100, ...filters({ state: 'DEAD' }) });

export const retryJob = (id: string, idempotencyKey: string) => post<void>(`/jobs/${id}/retry`, { idempotencyKey });

export const dismissJob = (id: string, reason: string, idempotencyKey: string) =>
  post<void>(`/jobs/${id}/dismiss`, { body: { reason }, idempotencyKey });
