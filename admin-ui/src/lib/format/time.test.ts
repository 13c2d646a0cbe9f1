import { expect, test } from 'vitest';
import { dateTimeText, rangeText, shortText, spanParts } from './time';

const at = '2026-11-21T09:00:00Z';

test('an instant is written in the given zone, with the zone named', () => {
  expect(dateTimeText(at, 'id', 'Asia/Jakarta')).toBe('Sab, 21 Nov 2026, 16.00 WIB');
  expect(dateTimeText(at, 'id', 'Asia/Makassar')).toBe('Sab, 21 Nov 2026, 17.00 WITA');
  expect(dateTimeText(at, 'en', 'Asia/Jayapura')).toBe('Sat, 21 Nov 2026, 18:00 WIT');
});

test('a range names the end day only when it is another day', () => {
  expect(rangeText(at, '2026-11-21T10:30:00Z', 'id', 'Asia/Jakarta')).toBe('Sab, 21 Nov 2026, 16.00–17.30 WIB');
  expect(rangeText('2026-11-21T16:30:00Z', '2026-11-21T17:30:00Z', 'id', 'Asia/Jakarta')).toBe(
    'Sab, 21 Nov 2026, 23.30–22 Nov, 00.30 WIB'
  );
});

test('midnight is 00, not 24', () => {
  expect(shortText('2026-11-20T17:00:00Z', 'id', 'Asia/Jakarta', new Date(at))).toBe('21 Nov, 00.00');
});

test('a short date of another year names the year', () => {
  expect(shortText('2027-10-05T06:00:00Z', 'id', 'Asia/Jakarta', new Date(at))).toBe('5 Okt 2027, 13.00');
  // already the new year in the zone, though not yet in UTC
  expect(shortText('2026-12-31T17:30:00Z', 'id', 'Asia/Jakarta', new Date(at))).toBe('1 Jan 2027, 00.30');
});

test('four hours to the second stay four hours to the second', () => {
  expect(spanParts(14_400)).toEqual({ d: 0, h: 4, m: 0, s: 0 });
  expect(spanParts(-14_399)).toEqual({ d: 0, h: 3, m: 59, s: 59 });
});
