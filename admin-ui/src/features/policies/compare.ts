/** What differs between two sets of parameters or tests, cell by cell. Pure. */
import type { Json, StoredTest } from '$lib/api/types';

export type Difference = { path: string[]; before: Json | undefined; after: Json | undefined };

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The order of keys is no difference. */
export function alike(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => alike(item, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => alike(a[name], b[name]));
  }
  return a === b;
}

/** Every leaf that differs, in the order of `after`. Rows are compared by position. */
export function differences(before: Json | undefined, after: Json | undefined, path: string[] = []): Difference[] {
  if (alike(before, after)) return [];
  const inside = (isObject(before) || before === undefined) && (isObject(after) || after === undefined);
  if (inside) {
    const names = new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})]);
    return [...names].flatMap((name) => differences(before?.[name], after?.[name], [...path, name]));
  }
  if ((Array.isArray(before) || before === undefined) && (Array.isArray(after) || after === undefined)) {
    const length = Math.max(before?.length ?? 0, after?.length ?? 0);
    return Array.from({ length }, (_, i) => differences(before?.[i], after?.[i], [...path, String(i + 1)])).flat();
  }
  return [{ path, before, after }];
}

/** How many tests came, went and changed; a test is known by its name. */
export function testsDelta(before: StoredTest[], after: StoredTest[]) {
  const was = new Map(before.map((test) => [test.name, test]));
  const is = new Set(after.map((test) => test.name));
  const changed = after.filter((test) => was.has(test.name) && !alike(was.get(test.name) as Json, test as Json));
  return {
    added: after.filter((test) => !was.has(test.name)).length,
    removed: before.filter((test) => !is.has(test.name)).length,
    changed: changed.length
  };
}
