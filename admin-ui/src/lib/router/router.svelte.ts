/** The browser half of the router: which page is shown, links, history, scroll and focus. */
import { tick, type Component } from 'svelte';
import { routes, type Route } from '../../routes';
import { match, pattern, search, type Query } from './match';

type Page = {
  path: string;
  route: string | null;
  params: Record<string, string>;
  query: Query;
  /** undefined while the first page loads, null when no route fits. */
  view: Component | null | undefined;
  error: unknown;
};

export const page = $state<Page>({
  path: location.pathname,
  route: null,
  params: {},
  query: {},
  view: undefined,
  error: undefined
});

/** The filters a list was last seen with, so that "back to the list" keeps them. */
const lastSearch = new Map<string, string>();
export const backTo = (path: string) => path + (lastSearch.get(path) ?? '');

const table = Object.entries<Route>(routes).map(([path, route]) => ({ ...pattern(path), route }));

function find(pathname: string) {
  for (const entry of table) {
    const params = match(entry, pathname);
    if (params) return { ...entry, params };
  }
  return undefined;
}

type Guard = { dirty: () => boolean; ask: () => boolean };
const guards = new Set<Guard>();

/**
 * Keeps unsaved work safe: `$effect(() => leaveGuard({ dirty, ask }))`. `ask` is put before links and back;
 * closing the tab asks in the browser's own words, which is all that browsers allow.
 */
export function leaveGuard(guard: Guard): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}
const mayLeave = () => [...guards].every((guard) => !guard.dirty() || guard.ask());
const anyDirty = () => [...guards].some((guard) => guard.dirty());

let turn = 0;

async function show(scroll: number): Promise<void> {
  const url = new URL(location.href);
  const hit = find(url.pathname);
  const mine = ++turn;
  try {
    const view = hit ? (await hit.route.load()).default : null;
    if (mine !== turn) return; // a newer navigation won
    const samePage = page.view === view && page.path === url.pathname;
    lastSearch.set(url.pathname, url.search);
    page.path = url.pathname;
    page.route = hit?.path ?? null;
    page.params = hit?.params ?? {};
    page.query = Object.fromEntries(url.searchParams);
    page.view = view;
    page.error = undefined;
    sessionStorage.removeItem('alur.reloaded');
    if (samePage) return;
    await tick();
    const main = document.getElementById('main');
    main?.scrollTo(0, scroll);
    main?.focus({ preventScroll: true }); // screen readers and Tab go on from the new page
  } catch (error) {
    await recoverStaleChunk(error);
  }
}

/** A deploy replaced the hashed chunk: load the new build, but only once, or a broken build would reload for ever. */
async function recoverStaleChunk(error: unknown): Promise<void> {
  if (!sessionStorage.getItem('alur.reloaded')) {
    sessionStorage.setItem('alur.reloaded', '1');
    location.reload();
    return;
  }
  page.error = error;
  console.error(error);
}

const rememberScroll = () =>
  history.replaceState({ scroll: document.getElementById('main')?.scrollTop ?? 0 }, '', location.href);

let here = location.href;

export async function goto(to: string, { replace = false } = {}): Promise<void> {
  if (!mayLeave()) return;
  if (replace) history.replaceState(null, '', to);
  else {
    rememberScroll();
    history.pushState(null, '', to);
  }
  here = location.href;
  await show(0);
}

/** Changes filters in the address without leaving the page, so that every view can be shared and bookmarked. */
export function setQuery(change: Query): void {
  const query = { ...page.query, ...change };
  const text = search(query);
  history.replaceState(history.state, '', location.pathname + text);
  here = location.href;
  lastSearch.set(location.pathname, text);
  page.query = query;
}

function internalLink(event: Event): HTMLAnchorElement | undefined {
  const link = (event.target as Element).closest?.('a');
  const ours = link && link.origin === location.origin && !link.target && !link.hasAttribute('download');
  if (!ours || link.pathname.startsWith('/api/')) return undefined;
  return link.getAttribute('href')?.startsWith('#') ? undefined : link;
}

function onClick(event: MouseEvent): void {
  const newTab = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const link = internalLink(event);
  if (!link || event.defaultPrevented || newTab) return;
  event.preventDefault();
  void goto(link.href);
}

function onPopState(event: PopStateEvent): void {
  if (!mayLeave()) {
    history.pushState(null, '', here);
    return;
  }
  here = location.href;
  void show((event.state as { scroll?: number } | null)?.scroll ?? 0);
}

export function start(): void {
  addEventListener('click', onClick);
  addEventListener('pointerover', (event) => {
    const link = internalLink(event);
    if (link)
      void find(link.pathname)
        ?.route.load()
        .catch(() => undefined);
  });
  addEventListener('popstate', onPopState);
  addEventListener('beforeunload', (event) => {
    if (anyDirty()) event.preventDefault();
  });
  void show(0);
}
