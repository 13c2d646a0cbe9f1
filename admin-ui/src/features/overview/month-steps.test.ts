import { expect, test } from 'vitest';
import type { MonthProgress } from '$lib/api/types';
import { stepsOf } from './month-steps';

const none = { issued: 0, settled: 0, total_rp: 0, open_rp: 0 };
const month = (some: Partial<MonthProgress>): MonthProgress => ({
  month: '2026-10',
  over: true,
  locked: false,
  close: null,
  run: null,
  tagihan: none,
  honorarium: none,
  ...some
});
const run = (state: string, parts_done = 0) => ({
  id: 'r',
  code: 'RUN-2026-10-01',
  state,
  parts: 4,
  parts_done,
  parked: 0
});
const states = (of: MonthProgress) =>
  stepsOf(of)
    .map((step) => step.state)
    .join(' ');

test('the first step that is not done is the one to see to', () => {
  expect(states(month({ over: false }))).toBe('now later later later later');
  expect(states(month({}))).toBe('done now later later later');
  expect(states(month({ run: run('RUNNING', 1) }))).toBe('done now later later later');
  const paid = { ...none, issued: 3, settled: 3 };
  expect(states(month({ run: run('DONE'), tagihan: { ...none, issued: 4, settled: 1 }, honorarium: paid }))).toBe(
    'done done now done later'
  );
  expect(states(month({ locked: true }))).toBe('done done done done done');
});

test('shares are told where there is something to share', () => {
  const shares = (of: MonthProgress) => stepsOf(of).map((step) => step.share);
  expect(shares(month({ run: run('RUNNING', 1) }))).toEqual([null, 0.25, null, null, null]);
  expect(shares(month({ tagihan: { ...none, issued: 4, settled: 1 } }))).toEqual([null, null, 0.25, null, null]);
});
