/** One's own account and the places it is signed in. */
import { get, post, send } from './client';
import type { OwnSession, Session } from './types';

export const changeMe = (name: string, idempotencyKey: string) =>
  send<Session>('PATCH', '/me', { body: { name }, idempotencyKey });

export const fetchOwnSessions = async () => (await get<{ items: OwnSession[] }>('/me/sessions')).items;

export const revokeSession = (id: string, idempotencyKey: string) =>
  send<void>('DELETE', `/me/sessions/${id}`, { idempotencyKey });

export const revokeOtherSessions = (idempotencyKey: string) =>
  post<{ revoked: number }>('/me/sessions/revoke-others', { idempotencyKey });
