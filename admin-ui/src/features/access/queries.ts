/** Cached reads of accounts and roles, and what to read again after a change. */
import type { QueryClient } from '@tanstack/svelte-query';
import { fetchPermissions, fetchRoles } from '$lib/api/roles';
import { fetchUser } from '$lib/api/users';
import { loadSession } from '$lib/session/session.svelte';

export const rolesQuery = () => ({ queryKey: ['roles'], queryFn: fetchRoles });
export const permissionsQuery = () => ({ queryKey: ['permissions'], queryFn: fetchPermissions, staleTime: 600_000 });
export const userQuery = (id: string) => ({ queryKey: ['user', id], queryFn: () => fetchUser(id) });

/** A change of roles may change what the person at the screen may do, so the session is read again too. */
export async function refreshAccess(client: QueryClient): Promise<void> {
  const keys = ['users', 'user', 'roles', 'audit'];
  await Promise.all([...keys.map((key) => client.invalidateQueries({ queryKey: [key] })), loadSession()]);
}
