import { expect, test } from 'vitest';
import { lookOf, statesOf } from '$lib/ui/state';
import { parts, sortOf, statesOfPart, undoingCommand } from './steps';

test('every state of a claim stands in one part of the queue and has a look', () => {
  const all = parts.flatMap((part) => statesOfPart[part]);
  expect(new Set(all).size).toBe(all.length);
  expect([...statesOf('fm_claim')].sort()).toEqual([...all].sort());
  expect(all.every((state) => lookOf('fm_claim', state).mark !== '·')).toBe(true);
});

test('what is due stands first, of what is over the last', () => {
  expect(parts.map(sortOf)).toEqual(['due_at', 'due_at', 'due_at', '-closed_at']);
});

test('only an open review can undo a penalty', () => {
  expect(['PENDING_L1', 'PENDING_L2', 'REJECTED', 'FINAL'].map(undoingCommand)).toEqual([
    'approve',
    'overturn',
    null,
    null
  ]);
});
