import { expect, test } from 'vitest';
import { degrees, zones } from './zones';

test('the zones of Indonesia come first, and a zone nobody knows any more can still be shown', () => {
  expect(zones().near[0]).toBe('Asia/Jakarta');
  expect(zones().others).not.toContain('Asia/Makassar');
  expect(zones('Mars/Base').others[0]).toBe('Mars/Base');
});

test.each([
  ['-6,2088', -6.2088],
  ['106.8456', 106.8456],
  [' 7 ', 7],
  ['1.2.3', '1.2.3'],
  ['', ''],
  ['enam', 'enam']
])('“%s” is read as %s', (text, expected) => expect(degrees(text)).toBe(expected));
