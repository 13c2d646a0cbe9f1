/** The formats bound to the language and operating zone the person has chosen; reactive, used by components. */
import { getLocale, t } from '$lib/i18n/i18n.svelte';
import { settings } from '$lib/settings.svelte';
import { clockText, dateText, dateTimeText, rangeText, shortText, spanParts, timeText } from './time';
import { operatingZones, zoneName } from './zone';

export const operatingZone = (): string => operatingZones[settings.zone];
export const operatingZoneName = () => zoneName(operatingZone());

export const at = (instant: string, zone = operatingZone()) => dateTimeText(instant, getLocale(), zone);
export const atShort = (instant: string, zone = operatingZone()) => shortText(instant, getLocale(), zone);
export const date = (instant: string, zone = operatingZone()) => dateText(instant, getLocale(), zone);
/** A calendar date (`2026-11-21`), which has no zone. */
export const dateOnly = (day: string) => dateText(`${day}T00:00:00Z`, getLocale(), 'UTC');
export const time = (instant: string, zone = operatingZone()) => timeText(instant, getLocale(), zone);
export const clock = (instant: string, zone = operatingZone()) => clockText(instant, getLocale(), zone);
export const range = (from: string, until: string, zone = operatingZone()) => rangeText(from, until, getLocale(), zone);

/** `3 hari 4 jam`, `52 menit`; exact to the second below one minute. */
export function span(seconds: number): string {
  const { d, h, m, s } = spanParts(seconds);
  if (d > 0) return h > 0 ? `${t('span.d', { n: d })} ${t('span.h', { n: h })}` : t('span.d', { n: d });
  if (h > 0) return m > 0 ? `${t('span.h', { n: h })} ${t('span.m', { n: m })}` : t('span.h', { n: h });
  if (m > 0) return t('span.m', { n: m });
  return t('span.s', { n: s });
}

/** One unit only, for badges: `4 jam`. */
export function spanShort(seconds: number): string {
  const { d, h, m } = spanParts(seconds);
  if (d > 0) return t('span.d', { n: d });
  if (h > 0) return t('span.h', { n: h });
  return t('span.m', { n: Math.max(1, m) });
}
