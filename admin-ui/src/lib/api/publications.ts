/** Drafts of policy versions on their way into force, and the bench that says what is wrong with one. */
import { filters, get, post } from './client';
import type {
  Decision,
  Json,
  Outcome,
  Page,
  PolicyCheck,
  PolicyKind,
  Publication,
  PublicationRow,
  StoredTest
} from './types';

/** What a version says. */
export type Content = { script: string; params: Record<string, Json>; tests: StoredTest[] };
/** What is saved of a draft. */
export type Saved = Content & { reason: string | null; effective_from: string | null; base_number: number };

const workflow = 'policy_publication';

export const fetchPolicyKind = (kind: string) => get<PolicyKind>(`/policies/${encodeURIComponent(kind)}`);

export const fetchPublications = (state: string, kind?: string) =>
  get<Page<PublicationRow>>('/policy-publications', { ...filters({ state, kind }), limit: 100 });

export const fetchPublication = (id: string) => get<Publication>(`/policy-publications/${id}`);

export const beginPublication = (body: { kind: string; from_number?: number }, idempotencyKey: string) =>
  post<Outcome>('/policy-publications', { body, idempotencyKey });

/** 412 when somebody has saved since `revision`. */
export const savePublication = (id: string, body: Saved, revision: number, idempotencyKey: string) =>
  post<Outcome>(`/workflows/${workflow}/${id}/commands/save`, { body, revision, idempotencyKey });

export const checkPolicy = (kind: string, body: Content, signal?: AbortSignal) =>
  post<PolicyCheck>(`/policies/${encodeURIComponent(kind)}/check`, { body, signal });

export const evaluatePolicy = (
  kind: string,
  body: { script: string; params: Json; input: Record<string, Json> },
  signal?: AbortSignal
) => post<Decision>(`/policies/${encodeURIComponent(kind)}/evaluate`, { body, signal });
