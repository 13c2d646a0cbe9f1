import { describe, expect, test } from 'vitest';
import type { Role } from '$lib/api/types';
import { codeFrom, differences, holds, permissionsAfter, toggled, without, type Draft } from './draft';

const hr: Role = { id: '1', code: 'HR', name: 'HR', permissions: ['sesi.read', 'task.read'], members: 2 };
const finance: Role = { id: '2', code: 'FINANCE', name: 'Keuangan', permissions: [], members: 0 };
const none: Draft = {};

describe('a draft of the matrix', () => {
  test('tells what each role gains and loses', () => {
    const draft = toggled(toggled(none, hr, 'user.read'), hr, 'sesi.read');
    expect(holds(hr, 'user.read', draft)).toBe(true);
    expect(holds(hr, 'sesi.read', draft)).toBe(false);
    expect(differences([hr, finance], draft)).toEqual([{ role: hr, added: ['user.read'], removed: ['sesi.read'] }]);
    expect(permissionsAfter(differences([hr], draft)[0]!)).toEqual(['task.read', 'user.read']);
  });

  test('is empty again when a box is ticked back', () => {
    expect(differences([hr], toggled(toggled(none, hr, 'sesi.read'), hr, 'sesi.read'))).toEqual([]);
  });

  test('keeps what others saved meanwhile', () => {
    const draft = toggled(none, hr, 'user.read');
    const later = { ...hr, permissions: [...hr.permissions, 'audit.read'] };
    expect(permissionsAfter(differences([later], draft)[0]!)).toEqual([
      'audit.read',
      'sesi.read',
      'task.read',
      'user.read'
    ]);
    const same = { ...hr, permissions: [...hr.permissions, 'user.read'] };
    expect(differences([same], draft)).toEqual([]);
  });

  test('forgets a role once it is saved', () => {
    const draft = toggled(toggled(none, hr, 'user.read'), finance, 'job.read');
    expect(differences([hr, finance], without(draft, 'HR')).map(({ role }) => role.code)).toEqual(['FINANCE']);
  });
});

test('a code is made from the name', () => {
  expect(codeFrom('Koordinator Wilayah')).toBe('KOORDINATOR_WILAYAH');
  expect(codeFrom('  2e équipe – Nord ')).toBe('E_EQUIPE_NORD');
  expect(codeFrom('…')).toBe('');
  expect(codeFrom('a'.repeat(60))).toHaveLength(40);
});
