/** The pure half of the router: patterns to matches, paths to links. Typed from the table of routes. */
import type { routes } from '../../routes';

export type Path = keyof typeof routes;
export type Query = Record<string, string | undefined>;
export type Params<P extends string> = P extends `${string}:${infer K}/${infer R}`
  ? { [k in K]: string } & Params<R>
  : P extends `${string}:${infer K}`
    ? { [k in K]: string }
    : unknown;

type HrefArgs<P extends Path> =
  unknown extends Params<P> ? [params?: undefined, query?: Query] : [params: Params<P>, query?: Query];

export function search(query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  const text = new URLSearchParams(pairs).toString();
  return text && `?${text}`;
}

/** A typed link: `href('/sesi/:id', { id })`. An unknown path or a missing parameter is a type error. */
export function href<P extends Path>(path: P, ...[params, query = {}]: HrefArgs<P>): string {
  const values = (params ?? {}) as Record<string, string>;
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  return filled + search(query);
}

export type Pattern = { path: string; regex: RegExp };

export function pattern(path: string): Pattern {
  return { path, regex: new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`) };
}

/** The parameters when the path name fits, else null. A static path must stand before a pattern that would also fit. */
export function match({ regex }: Pattern, pathname: string): Record<string, string> | null {
  const hit = regex.exec(pathname);
  if (!hit) return null;
  return Object.fromEntries(Object.entries(hit.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
}
