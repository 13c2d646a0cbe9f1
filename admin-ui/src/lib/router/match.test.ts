import { expect, test } from 'vitest';
import { href, match, pattern } from './match';

test('a link fills its parameters and leaves out empty filters', () => {
  expect(href('/sesi/:id', { id: 'a b' })).toBe('/sesi/a%20b');
  expect(href('/policies/:kind/:number', { kind: 'cancellation.tutor', number: '1' })).toBe(
    '/policies/cancellation.tutor/1'
  );
  expect(href('/inbox', undefined, { name: 'approve', late: '', q: undefined })).toBe('/inbox?name=approve');
});

test('a pattern gives back what a link put in', () => {
  expect(match(pattern('/sesi/:id'), '/sesi/a%20b')).toEqual({ id: 'a b' });
  expect(match(pattern('/sesi/:id'), '/sesi/a/b')).toBeNull();
  expect(match(pattern('/sesi'), '/sesi/')).toEqual({});
});
