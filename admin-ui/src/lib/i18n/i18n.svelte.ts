/** Every text of the UI. Keys are the dotted leaves of id.json, so a mistyped key is a type error. */
import id from './id.json';

type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : Leaves<T[K], `${P}${K}.`>;
}[keyof T & string];

export type Key = Leaves<typeof id>;
export type Locale = 'id' | 'en';
export type Args = Record<string, string | number | null | undefined>;

/** English is one lazily loaded file; a third language is one more line here. */
const load: Record<Locale, () => Promise<object>> = {
  id: async () => id,
  en: async () => (await import('./en.json')).default
};

export function flatten(tree: object, prefix = '', out: Record<string, string> = {}): Record<string, string> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out[prefix + key] = value;
    else flatten(value as object, `${prefix}${key}.`, out);
  }
  return out;
}

let locale = $state<Locale>('id');
let messages = $state.raw(flatten(id));

export const getLocale = () => locale;

export async function setLocale(next: Locale): Promise<void> {
  messages = flatten(await load[next]());
  locale = next;
  document.documentElement.lang = next;
  localStorage.setItem('alur.locale', next);
}

export async function restoreLocale(): Promise<void> {
  if (localStorage.getItem('alur.locale') === 'en') await setLocale('en');
}

/** `{n}` is an argument; `{n|user|users}` the word for one of them or for several, where a language needs it. */
export function fill(text: string, args: Args): string {
  const counted = text.replace(/\{(\w+)\|([^|{}]*)\|([^|{}]*)\}/g, (whole, name: string, one: string, many: string) =>
    args[name] === undefined ? whole : Number(args[name]) === 1 ? one : many
  );
  return counted.replace(/\{(\w+)\}/g, (whole, name: string) => String(args[name] ?? whole));
}

/** A text by its typed key. */
export function t(key: Key, args: Args = {}): string {
  return td(key, args);
}

/** A text by a key built from a closed set of server codes (states, commands). A gap shows as ⟦key⟧ and fails the browser tests. */
export function td(key: string, args: Args = {}): string {
  const text = messages[key];
  return text === undefined ? `⟦${key}⟧` : fill(text, args);
}

/** A text for an open set of codes (rules of a policy, field names): the code itself when nobody has translated it yet. */
export function tOpen(prefix: string, code: string, args: Args = {}): string {
  const text = messages[`${prefix}.${code}`];
  return text === undefined ? code : fill(text, args);
}

export const hasText = (key: string): boolean => messages[key] !== undefined;

/** The codes that have a text below a prefix, in the order of the texts. */
export function codesBelow(prefix: string): string[] {
  const start = `${prefix}.`;
  return Object.keys(messages)
    .filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length));
}
