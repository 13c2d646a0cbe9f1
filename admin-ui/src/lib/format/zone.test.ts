import { describe, expect, test } from 'vitest';
import { dateInZone, instantToWall, wallToInstant, zoneName } from './zone';

describe('wall time and instants', () => {
  test.each([
    ['Asia/Jakarta', '2026-11-21T09:00:00Z', '2026-11-21T16:00'],
    ['Asia/Makassar', '2026-11-21T09:00:00Z', '2026-11-21T17:00'],
    ['Asia/Jayapura', '2026-11-21T16:30:00Z', '2026-11-22T01:30']
  ])('in %s %s is %s, there and back', (zone, instant, wall) => {
    expect(instantToWall(instant, zone)).toBe(wall);
    expect(wallToInstant(wall, zone)).toBe(instant);
  });

  test('half a date is no instant', () => {
    expect(
      ['', '2026-11-21', '2026-11-21T', '2026-13-45T10:00'].map((wall) => wallToInstant(wall, 'Asia/Jakarta'))
    ).toEqual([null, null, null, null]);
  });

  test("the day is the office's day, not the browser's", () => {
    const lateEvening = new Date('2026-11-21T17:30:00Z');
    expect(dateInZone(lateEvening, 'Asia/Jakarta')).toBe('2026-11-22');
    expect(dateInZone(new Date('2026-11-21T16:30:00Z'), 'Asia/Jakarta')).toBe('2026-11-21');
  });

  test('zones carry the names people use; an unknown one is never called WIB', () => {
    expect(['Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura', 'Asia/Tokyo'].map(zoneName)).toEqual([
      'WIB',
      'WIB',
      'WITA',
      'WIT',
      'Asia/Tokyo'
    ]);
  });
});
