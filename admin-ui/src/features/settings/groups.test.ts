import { describe, expect, test } from 'vitest';
import type { SettingNow } from '$lib/api/types';
import { choices, grouped, groupOf, typed, unitOf } from './groups';

const setting = (key: string, least = 0, most = 100): SettingNow => ({
  key,
  value: 1,
  default: 1,
  least,
  most,
  in_use: true,
  etag: '',
  audit_id: '',
  updated_at: null,
  updated_by: null
});

describe('settings', () => {
  test.each([
    ['session_default_duration_minutes', 'minutes', 'sesi'],
    ['sla.request_hours', 'hours', 'sesi'],
    ['session.remember_days', 'days', 'session'],
    ['override.senior_above_rp', 'rp', 'money'],
    ['force_majeure.approval_levels', 'count', 'force_majeure'],
    ['strike_decay_days', 'days', 'strike'],
    ['something.new', 'count', 'other']
  ])('%s is in %s, under %s', (key, unit, group) => {
    expect([unitOf(key), groupOf(key)]).toEqual([unit, group]);
  });

  test('stand in their groups, and no group is empty', () => {
    const keys = grouped([setting('session.idle_minutes'), setting('sla.request_hours')]);
    expect(keys.map(({ group }) => group)).toEqual(['sesi', 'session']);
  });

  test('with few values are chosen, not typed', () => {
    expect(choices(setting('force_majeure.approval_levels', 1, 2))).toEqual([1, 2]);
    expect(choices(setting('sla.request_hours', 1, 720))).toEqual([]);
  });

  test.each([
    ['48', 48],
    [' 1.500.000 ', 1_500_000],
    ['Rp250.000', 250_000],
    ['1.5', '1.5'],
    ['dua', 'dua'],
    ['', '']
  ])('“%s” is read as %s', (text, expected) => expect(typed(text)).toBe(expected));
});
