import { expect, test } from 'vitest';
import { changesOf } from './changes';

test('only fields that differ, fields that came and went included', () => {
  expect(
    changesOf({ state: 'REQUESTED', mode: 'ONLINE', note: 'x' }, { state: 'APPROVED', mode: 'ONLINE', fee_rp: 1 })
  ).toEqual([
    { field: 'state', old: 'REQUESTED', new: 'APPROVED' },
    { field: 'note', old: 'x', new: null },
    { field: 'fee_rp', old: null, new: 1 }
  ]);
});

test('a first snapshot is all new', () => {
  expect(changesOf(null, { state: 'REQUESTED' })).toEqual([{ field: 'state', old: null, new: 'REQUESTED' }]);
});
