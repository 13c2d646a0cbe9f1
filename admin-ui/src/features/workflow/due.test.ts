import { expect, test } from 'vitest';
import { urgency } from './due';

const now = Date.parse('2026-11-21T09:00:00Z');

test.each([
  ['2026-11-21T08:59:59Z', 'bad'],
  ['2026-11-21T09:00:00Z', 'warn'],
  ['2026-11-21T12:59:59Z', 'warn'],
  ['2026-11-21T13:00:00Z', 'mute']
])('a deadline at %s is %s at nine', (dueAt, tone) => {
  expect(urgency(dueAt, now).tone).toBe(tone);
});
