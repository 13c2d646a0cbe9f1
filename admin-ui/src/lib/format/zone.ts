/** Operating zones and the border between wall time (what a form holds) and instants (what the server gets). */
import { parseAbsolute, parseDateTime, toCalendarDateTime, toZoned } from '@internationalized/date';

export const operatingZones = { WIB: 'Asia/Jakarta', WITA: 'Asia/Makassar', WIT: 'Asia/Jayapura' } as const;
export type ZoneName = keyof typeof operatingZones;

const names: Record<string, string> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT'
};

/** The name people use for a zone; an unknown zone keeps its IANA name, so it is never mistaken for WIB. */
export function zoneName(zone: string): string {
  return names[zone] ?? zone;
}

/** `2026-11-21T16:00` in a zone → `2026-11-21T09:00:00Z`. Null when the text is not a full date and time. */
export function wallToInstant(wall: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(wall)) return null;
  try {
    return toZoned(parseDateTime(wall), zone).toAbsoluteString().replace('.000Z', 'Z');
  } catch {
    return null;
  }
}

/** The reverse, for filling a `datetime-local` input. */
export function instantToWall(instant: string, zone: string): string {
  return toCalendarDateTime(parseAbsolute(instant, zone)).toString().slice(0, 16);
}

/** Today's date (`2026-11-21`) as the calendar on the wall of the office says it. */
export function dateInZone(now: Date, zone: string): string {
  return instantToWall(now.toISOString(), zone).slice(0, 10);
}
