import { expect, test } from 'vitest';
import { fieldPath, lastName, tellingFirst } from './field';

test('a field inside others is named with the way to it', () => {
  expect(fieldPath('materi.topic')).toBe('Materi › Topik');
  expect([lastName('materi.fee_rp'), lastName('state')]).toEqual(['fee_rp', 'state']);
});

test('ids and what is not so come last, nothing is left out', () => {
  const uuid = '01a1fe70-576b-7205-bf58-68df3a260be7';
  const changes = [
    { field: 'a_id', old: null, new: uuid },
    { field: 'flag', old: null, new: false },
    { field: 'state', old: 'A', new: 'B' },
    { field: 'paid', old: false, new: true }
  ];
  expect(tellingFirst(changes).map(({ field }) => field)).toEqual(['state', 'paid', 'a_id', 'flag']);
});
