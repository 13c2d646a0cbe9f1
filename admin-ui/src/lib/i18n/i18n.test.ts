import { expect, test } from 'vitest';
import en from './en.json';
import { flatten } from './i18n.svelte';
import id from './id.json';

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test('English has exactly the keys of Indonesian', () => {
  expect(Object.keys(flatten(en)).sort()).toEqual(Object.keys(flatten(id)).sort());
});

test('every text has the same placeholders in both languages, and none is empty', () => {
  const english = flatten(en);
  for (const [key, text] of Object.entries(flatten(id))) {
    expect(text.trim(), key).not.toBe('');
    expect(placeholders(english[key] ?? ''), key).toEqual(placeholders(text));
  }
});
