import { expect, test } from 'vitest';
import { bundles, takenEdges, visitedStates } from './path';

const edges = [
  { from: null, to: 'REQUESTED', command: 'request' },
  { from: 'REQUESTED', to: 'REQUESTED', command: 'edit' },
  { from: 'REQUESTED', to: 'APPROVED', command: 'approve' },
  { from: 'REQUESTED', to: 'REJECTED', command: 'reject' },
  { from: 'APPROVED', to: 'CANCELLED', command: 'cancel' },
  { from: 'APPROVED', to: 'CANCELLED', command: 'withdraw' }
];
const history = [
  { from: null, to: 'REQUESTED', command: 'request' },
  { from: 'REQUESTED', to: 'REQUESTED', command: 'edit' },
  { from: 'REQUESTED', to: 'APPROVED', command: 'approve' }
];

test('the edges in the history are taken, the others are not', () => {
  const taken = takenEdges(edges, history).filter((edge) => edge.taken);
  expect(taken.map((edge) => edge.command)).toEqual(['request', 'edit', 'approve']);
});

test('two commands between the same states are one line; changes in place and the start are none', () => {
  const drawn = bundles(takenEdges(edges, history));
  expect(drawn).toEqual([
    { from: 'REQUESTED', to: 'APPROVED', commands: ['approve'], taken: true },
    { from: 'REQUESTED', to: 'REJECTED', commands: ['reject'], taken: false },
    { from: 'APPROVED', to: 'CANCELLED', commands: ['cancel', 'withdraw'], taken: false }
  ]);
});

test('the states visited include the present one', () => {
  expect([...visitedStates(history)]).toEqual(['REQUESTED', 'APPROVED']);
});
