/** What the side bar, the palette and the hot keys offer: the routes with a nav entry that this person may open. */
import type { Key } from '$lib/i18n/i18n.svelte';
import { can } from '$lib/session/session.svelte';
import { routes, type Nav, type Route } from '../routes';

export type NavItem = Nav & { href: string };

export function navItems(): NavItem[] {
  const items = Object.entries<Route>(routes).flatMap(([href, { nav }]) => (nav ? [{ href, ...nav }] : []));
  return items.filter(({ permission }) => !permission || [permission].flat().some(can));
}

export function navGroups(): { label: Key; items: NavItem[] }[] {
  const items = navItems();
  const labels = [...new Set(items.map((item) => item.group))];
  return labels.map((label) => ({ label, items: items.filter((item) => item.group === label) }));
}
