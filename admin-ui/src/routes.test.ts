import { expect, test } from 'vitest';
import { routes, type Route } from './routes';

test('no two pages are opened by one key', () => {
  const keys = Object.values<Route>(routes).flatMap(({ nav }) => nav?.hotKey ?? []);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
