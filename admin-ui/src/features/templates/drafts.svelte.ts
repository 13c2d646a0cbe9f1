/** What somebody has typed and not saved yet, kept while they look at other pages. */
import { SvelteMap } from 'svelte/reactivity';
import type { Draft } from '$lib/api/templates';

export type Kept = Draft & { based_on: number };

export const drafts = new SvelteMap<string, Kept>();

export const draftKey = (code: string, locale: string) => `${code}/${locale}`;
