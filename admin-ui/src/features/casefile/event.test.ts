import { expect, test } from 'vitest';
import { eventText } from './event';

test.each([
  ['sesi', 'cancel', 'Sesi dibatalkan'],
  ['sesi', 'cancel.refused', 'Sesi dibatalkan: permintaan ditolak'],
  ['sesi', 'no_such_thing', 'Sesi · no_such_thing'],
  ['nobody_knows', 'cancel', 'nobody_knows · cancel']
])('%s.%s is told as %s', (type, verb, text) => {
  expect(eventText(type, verb)).toBe(text);
});
