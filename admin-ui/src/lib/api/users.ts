/** Accounts: who may sign in, with which roles, in which state. */
import { filters, get, post, send } from './client';
import type { NewUser, Page, User, UserChanges, UserRow } from './types';

export type UserQuery = { q?: string; sort?: string; cursor?: string; limit?: number; state?: string; role?: string };

export const fetchUsers = ({ state, role, ...query }: UserQuery, signal?: AbortSignal) =>
  get<Page<UserRow>>('/users', { ...query, ...filters({ state, role }) }, signal);

export const fetchUser = (id: string) => get<User>(`/users/${id}`);

export const createUser = (body: NewUser, idempotencyKey: string) => post<User>('/users', { body, idempotencyKey });

export const changeUser = (id: string, body: UserChanges, idempotencyKey: string) =>
  send<User>('PATCH', `/users/${id}`, { body, idempotencyKey });

export type Turn = 'activate' | 'deactivate';
export const turnUser = (id: string, turn: Turn, reason: string, idempotencyKey: string) =>
  post<User>(`/users/${id}/${turn}`, { body: { reason }, idempotencyKey });
