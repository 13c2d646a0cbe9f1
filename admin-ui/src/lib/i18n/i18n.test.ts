import { expect, test } from 'vitest';
import en from './en.json';
import { fill, flatten } from './i18n.svelte';
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

test('a counted word is one or several, and stays as it is without its number', () => {
  const text = '{n} {n|user holds|users hold} it';
  expect([1, '1', 0, 2].map((n) => fill(text, { n }))).toEqual([
    '1 user holds it',
    '1 user holds it',
    '0 users hold it',
    '2 users hold it'
  ]);
  expect(fill(text, {})).toBe(text);
  expect(Object.values(flatten(en)).filter((each) => each.includes('(s)'))).toEqual([]);
});
