/** Large amounts on the first page, and how a figure compares with the one before. Pure. */
import type { Locale } from '$lib/i18n/i18n.svelte';

const words: Record<Locale, [string, string, string]> = { id: ['rb', 'jt', 'M'], en: ['k', 'm', 'bn'] };
const decimals = new Map<Locale, Intl.NumberFormat>();

function format(locale: Locale): Intl.NumberFormat {
  let found = decimals.get(locale);
  if (!found) {
    found = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 1 });
    decimals.set(locale, found);
  }
  return found;
}

/** `Rp12,3 jt`; the whole amount stands beside it in the table. */
export function rupiahShort(rp: number, locale: Locale): string {
  const size = Math.abs(rp);
  const sign = rp < 0 ? '-' : '';
  const steps = [1e3, 1e6, 1e9];
  const at = size >= 999_950_000 ? 2 : size >= 999_950 ? 1 : 0;
  if (size < 1e3) return `${sign}Rp${format(locale).format(size)}`;
  return `${sign}Rp${format(locale).format(size / steps[at]!)} ${words[locale][at]}`;
}

/** The change in percent, whole; null where there is nothing to compare with. */
export function change(now: number, before: number): number | null {
  return before > 0 ? Math.round(((now - before) / before) * 100) : null;
}

/** `+12 %`; null stays null. */
export function changeText(now: number, before: number): string | null {
  const percent = change(now, before);
  if (percent === null) return null;
  return `${percent > 0 ? '+' : ''}${percent}%`;
}

/** A round figure at or above the highest, for the scale of a chart. */
export function scaleTop(highest: number): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 3, 5, 8, 10].find((each) => each * power >= highest) ?? 10;
  return step * power;
}
