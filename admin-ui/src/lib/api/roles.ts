/** Roles and the permissions they are made of. */
import { get, post, send } from './client';
import type { NewRole, Permission, Role, RoleChanges } from './types';

export const fetchRoles = async () => (await get<{ items: Role[] }>('/roles')).items;
export const fetchPermissions = async () => (await get<{ items: Permission[] }>('/permissions')).items;

export const createRole = (body: NewRole, idempotencyKey: string) => post<Role>('/roles', { body, idempotencyKey });

export const changeRole = (code: string, body: RoleChanges, idempotencyKey: string) =>
  send<Role>('PATCH', `/roles/${code}`, { body, idempotencyKey });

export const deleteRole = (code: string, idempotencyKey: string) =>
  send<void>('DELETE', `/roles/${code}`, { idempotencyKey });
