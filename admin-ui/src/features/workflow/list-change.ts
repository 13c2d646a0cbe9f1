/** Two lists of codes as what came and what went: a long list with one new member is one word, not two lists. Pure. */
import type { Json } from '$lib/api/types';

const isCodes = (value: Json): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

export function listChange(old: Json, now: Json): { added: string[]; removed: string[] } | null {
  if (!isCodes(old) || !isCodes(now)) return null;
  return { added: now.filter((code) => !old.includes(code)), removed: old.filter((code) => !now.includes(code)) };
}
