/** The Tahun Ajaran that follows another: the one that is there, or one as long as it, named alike. */
import type { PriceYear } from '$lib/api/types';

type Year = Pick<PriceYear, 'code' | 'starts_on' | 'ends_on'>;

function plus(day: string, years: number, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function nextYear(source: Year, years: Year[]): Year {
  const starts_on = plus(source.ends_on, 0, 1);
  const there = years.find((year) => year.starts_on === starts_on);
  if (there) return { code: there.code, starts_on, ends_on: there.ends_on };
  // Both figures of `2026/2027` count on; another code is left to the person.
  const code = source.code.replace(/\d{4}/g, (year) => String(Number(year) + 1));
  return { code, starts_on, ends_on: plus(plus(starts_on, 1, 0), 0, -1) };
}
