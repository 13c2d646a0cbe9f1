import { expect, test } from 'vitest';
import { queryText, sameQuery } from './sesi-filters';

test('a view of today names the date when it is opened', () => {
  expect(queryText({ from: 'today', until: 'today', sort: 'starts_at' }, '2026-11-21')).toBe(
    '?from=2026-11-21&until=2026-11-21&sort=starts_at'
  );
  expect(queryText({}, '2026-11-21')).toBe('');
});

test('the order of filters does not make another view', () => {
  expect(sameQuery('?state=APPROVED&flag=sla', '?flag=sla&state=APPROVED')).toBe(true);
  expect(sameQuery('?state=APPROVED', '')).toBe(false);
});
