import { describe, expect, test } from 'vitest';
import type { Role } from '$lib/api/types';
import { beyond, permissionLock, roleLock, sameCodes } from './rights';

const role = (code: string, permissions: string[]): Role => ({ id: code, code, name: code, permissions, members: 0 });
const own = new Set(['user.read', 'user.manage']);
const hr = role('HR', ['user.read', 'sesi.read']);

describe('permissions of a role', () => {
  test('the owner’s are never changed, whoever asks', () => {
    expect(permissionLock(role('OWNER', ['user.read']), 'user.read', own)).toBe('owner_holds_all');
  });

  test('what one lacks can be taken away but not given', () => {
    expect(permissionLock(hr, 'sesi.read', own)).toBeNull();
    expect(permissionLock(hr, 'audit.read', own)).toBe('beyond_own_rights');
    expect(permissionLock(hr, 'user.manage', own)).toBeNull();
  });
});

describe('roles of an account', () => {
  test('a role that holds more than the giver is not given, but may stay', () => {
    expect(beyond(hr, own)).toEqual(['sesi.read']);
    expect(roleLock(hr, [], own)).toBe('beyond_own_rights');
    expect(roleLock(hr, ['HR'], own)).toBeNull();
    expect(roleLock(role('CLERK', ['user.read']), [], own)).toBeNull();
  });
});

test('the order of codes means nothing', () => {
  expect(sameCodes(['B', 'A'], ['A', 'B'])).toBe(true);
  expect(sameCodes(['A'], ['A', 'B'])).toBe(false);
});
