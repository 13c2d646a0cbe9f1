import { expect, test } from 'vitest';
import { guardOf } from './guard';

test('a command is told in words, a route as it is', () => {
  expect(guardOf('sesi: approve')).toEqual({ text: 'Sesi: Setujui', route: false });
  expect(guardOf('POST /api/v1/users')).toEqual({ text: 'POST /api/v1/users', route: true });
});

test('a task says that it is one', () => {
  expect(guardOf('sesi: task approve')).toEqual({ text: 'Sesi: tugas “Setujui sesi”', route: false });
});

test('what nobody has named yet keeps its code', () => {
  expect(guardOf('invoice: send').text).toBe('invoice: send');
});
