/** Instants and spans as text. Always in a named zone, never in the browser's. Pure: locale and zone are arguments. */
import { zoneName } from './zone';

export type TimeLocale = 'id' | 'en';

const tags: Record<TimeLocale, string> = { id: 'id-ID', en: 'en-GB' };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: TimeLocale, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, options]);
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(tags[locale], { timeZone: zone, hourCycle: 'h23', ...options });
    formats.set(key, found);
  }
  return found;
}

const clock = { hour: '2-digit', minute: '2-digit' } as const;
const day = { day: 'numeric', month: 'short' } as const;

/** `16.00` */
export function timeText(at: string, locale: TimeLocale, zone: string): string {
  return format(locale, zone, clock).format(new Date(at));
}

/** `16.00.05`: to the second, where records are told apart. */
export function clockText(at: string, locale: TimeLocale, zone: string): string {
  return format(locale, zone, { ...clock, second: '2-digit' }).format(new Date(at));
}

/** `Sab, 21 Nov 2026` */
export function dateText(at: string, locale: TimeLocale, zone: string): string {
  return format(locale, zone, { weekday: 'short', ...day, year: 'numeric' }).format(new Date(at));
}

/** `Oktober 2026` of `2026-10`. */
export function monthText(month: string, locale: TimeLocale): string {
  return format(locale, 'UTC', { month: 'long', year: 'numeric' }).format(new Date(`${month}-01T00:00:00Z`));
}

/** `21 Nov, 16.00` for dense rows; the year appears only when it is not the year of `now`. */
export function shortText(at: string, locale: TimeLocale, zone: string, now = new Date()): string {
  const year = format(locale, zone, { year: 'numeric' });
  const sameYear = year.format(new Date(at)) === year.format(now);
  const date = format(locale, zone, sameYear ? day : { ...day, year: 'numeric' }).format(new Date(at));
  return `${date}, ${timeText(at, locale, zone)}`;
}

/** `Sab, 21 Nov 2026, 16.00 WIB` */
export function dateTimeText(at: string, locale: TimeLocale, zone: string): string {
  return `${dateText(at, locale, zone)}, ${timeText(at, locale, zone)} ${zoneName(zone)}`;
}

/** `Sab, 21 Nov 2026, 16.00–17.30 WIB`; the end's date appears only when it differs. */
export function rangeText(from: string, until: string, locale: TimeLocale, zone: string): string {
  const sameDay = dateText(from, locale, zone) === dateText(until, locale, zone);
  const end = sameDay ? timeText(until, locale, zone) : shortText(until, locale, zone, new Date(from));
  return `${dateText(from, locale, zone)}, ${timeText(from, locale, zone)}–${end} ${zoneName(zone)}`;
}

/** How long a span is, in at most two units: the parts, for the caller to put into words. */
export function spanParts(seconds: number): { d: number; h: number; m: number; s: number } {
  const whole = Math.abs(Math.round(seconds));
  return {
    d: Math.floor(whole / 86_400),
    h: Math.floor((whole % 86_400) / 3600),
    m: Math.floor((whole % 3600) / 60),
    s: whole % 60
  };
}
