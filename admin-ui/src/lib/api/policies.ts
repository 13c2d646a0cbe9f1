/** Policies and their versions, read only. */
import { get } from './client';
import type { Policy, PolicyDetail } from './types';

export const fetchPolicies = () => get<Policy[]>('/policies');
export const fetchPolicyVersion = (kind: string, number: string) =>
  get<PolicyDetail>(`/policies/${encodeURIComponent(kind)}/${number}`);
