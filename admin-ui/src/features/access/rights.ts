/**
 * What a person may hand on: nobody gives what they do not hold, and OWNER holds everything for good. Pure.
 * The server decides; this only keeps people from asking for what it would refuse.
 */
import type { Role } from '$lib/api/types';

/** The role that holds every permission and cannot be changed. */
export const OWNER = 'OWNER';

export type Lock = 'owner_holds_all' | 'beyond_own_rights';

/** Why a permission of a role cannot be changed by someone who holds `own`. Taking away is always possible. */
export function permissionLock(role: Role, permission: string, own: ReadonlySet<string>): Lock | null {
  if (role.code === OWNER) return 'owner_holds_all';
  const given = role.permissions.includes(permission);
  return given || own.has(permission) ? null : 'beyond_own_rights';
}

/** The permissions of a role that someone who holds `own` lacks. */
export const beyond = (role: Role, own: ReadonlySet<string>): string[] =>
  role.permissions.filter((permission) => !own.has(permission));

/** Why a role cannot be given to an account that had the roles `before`. What it had may be left as it was. */
export function roleLock(role: Role, before: string[], own: ReadonlySet<string>): Lock | null {
  return !before.includes(role.code) && beyond(role, own).length > 0 ? 'beyond_own_rights' : null;
}

/** Two lists of codes name the same things. */
export const sameCodes = (a: string[], b: string[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join();
