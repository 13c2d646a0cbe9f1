/**
 * Unsaved changes of the matrix: for each role the boxes that were touched. Pure.
 * Only the touched boxes are kept, so that what others save meanwhile is not undone.
 */
import type { Role } from '$lib/api/types';

export type Draft = Readonly<Record<string, Readonly<Record<string, boolean>>>>;
export type Difference = { role: Role; added: string[]; removed: string[] };

export function holds(role: Role, permission: string, draft: Draft): boolean {
  return draft[role.code]?.[permission] ?? role.permissions.includes(permission);
}

export function toggled(draft: Draft, role: Role, permission: string): Draft {
  const { [permission]: touched, ...others } = draft[role.code] ?? {};
  const wanted = !(touched ?? role.permissions.includes(permission));
  const same = wanted === role.permissions.includes(permission);
  return { ...draft, [role.code]: same ? others : { ...others, [permission]: wanted } };
}

export function without(draft: Draft, code: string): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([role]) => role !== code));
}

/** The roles that would change, each with what it gains and loses. */
export function differences(roles: Role[], draft: Draft): Difference[] {
  return roles
    .map((role) => {
      const touched = Object.entries(draft[role.code] ?? {});
      const differing = touched.filter(([permission, wanted]) => wanted !== role.permissions.includes(permission));
      const codes = (wanted: boolean) => differing.filter(([, to]) => to === wanted).map(([code]) => code);
      return { role, added: codes(true).sort(), removed: codes(false).sort() };
    })
    .filter(({ added, removed }) => added.length + removed.length > 0);
}

/** The whole set a role would have, as the server wants it. */
export function permissionsAfter({ role, added, removed }: Difference): string[] {
  return [...role.permissions.filter((code) => !removed.includes(code)), ...added].sort();
}

/** A role's code made from its name: `Koordinator Wilayah` becomes `KOORDINATOR_WILAYAH`. */
export function codeFrom(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  const joined = plain.replace(/[^A-Z0-9]+/g, '_').replace(/^[^A-Z]+/, '');
  return joined.slice(0, 40).replace(/_+$/, '');
}
