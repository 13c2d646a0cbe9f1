/** The one place that talks to the server: base path, CSRF token, problems. Endpoints live in the files beside it. */
import { Problem, problemOf } from './problem';

export const base = '/api/v1';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type QueryValue = string | number | boolean | undefined | null;
export type Options = {
  query?: Record<string, QueryValue>;
  body?: unknown;
  idempotencyKey?: string;
  revision?: number;
  /** The tag of the row that was seen. */
  etag?: string;
  signal?: AbortSignal;
};

let csrfToken = '';
export const setCsrfToken = (token: string) => void (csrfToken = token);
export const getCsrfToken = () => csrfToken;

let onUnauthenticated: () => void = () => undefined;
export const whenUnauthenticated = (handler: () => void) => void (onUnauthenticated = handler);

function address(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return base + path + (text && `?${text}`);
}

function headers(method: Method, { body, idempotencyKey, revision, etag }: Options): Headers {
  const result = new Headers({ Accept: 'application/json' });
  if (body !== undefined) result.set('Content-Type', 'application/json');
  if (method !== 'GET') result.set('X-CSRF-Token', csrfToken);
  if (idempotencyKey) result.set('Idempotency-Key', idempotencyKey);
  if (revision !== undefined) result.set('If-Match', `"${revision}"`);
  if (etag !== undefined) result.set('If-Match', `"${etag}"`);
  return result;
}

async function answer(method: Method, path: string, options: Options): Promise<Response> {
  try {
    return await fetch(address(path, options.query), {
      method,
      headers: headers(method, options),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      credentials: 'same-origin'
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw Problem.unreachable();
  }
}

export async function send<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const response = await answer(method, path, options);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.status === 401) onUnauthenticated();
    throw problem;
  }
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(() => undefined)) as T;
}

export const get = <T>(path: string, query?: Options['query'], signal?: AbortSignal) =>
  send<T>('GET', path, { query, signal });
export const post = <T>(path: string, options: Options = {}) => send<T>('POST', path, options);

/** Turns `{ state: 'A,B' }` into `{ 'filter[state]': 'A,B' }`. */
export function filters(values: Record<string, QueryValue>): Record<string, QueryValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`filter[${name}]`, value]));
}
