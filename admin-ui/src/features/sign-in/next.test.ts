import { beforeAll, describe, expect, test, vi } from 'vitest';
import { leaveAddress, localPath } from './next';

beforeAll(() => vi.stubGlobal('location', { origin: 'https://alur.example' }));

describe('the page after signing in', () => {
  test('is the one that was wanted', () => {
    for (const path of ['/', '/sesi', '/sesi?state=A,B&sort=-code']) expect(localPath(path)).toBe(path);
  });
  test('is never elsewhere', () => {
    const elsewhere = ['//evil.example', '/\\evil.example', '/\t/evil.example', '///evil.example', '/.//evil.example'];
    for (const text of [undefined, '', 'sesi', 'https://evil.example', 'javascript:alert(1)', ...elsewhere])
      expect(localPath(text), String(text)).toBe('/');
  });
  test('goes along to the identity provider', () => {
    expect(leaveAddress('/')).toBe('/api/v1/session/oidc');
    expect(leaveAddress('/sesi?q=a', { remember: true, again: true })).toBe(
      '/api/v1/session/oidc?next=%2Fsesi%3Fq%3Da&remember=true&again=true'
    );
  });
});
