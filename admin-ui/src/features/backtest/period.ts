/** The days a backtest may look at: a few that people mean, as dates in WIB. Pure. */
export const presets = ['last_month', 'three_months', 'year', 'own'] as const;
export type Preset = (typeof presets)[number];
export type Period = { from: string; to: string };

const dayMs = 86_400_000;
const text = (date: Date): string => date.toISOString().slice(0, 10);

/** `today` is a date like 2026-11-21; the periods of days end with it. */
export function periodOf(preset: Exclude<Preset, 'own'>, today: string): Period {
  const now = new Date(`${today}T00:00:00Z`);
  const daysBack = (days: number) => text(new Date(now.getTime() - days * dayMs));
  if (preset === 'three_months') return { from: daysBack(89), to: today };
  if (preset === 'year') return { from: daysBack(364), to: today };
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
  const last = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0);
  return { from: text(new Date(first)), to: text(new Date(last)) };
}

/** `23 Nov 25`: a day where there is little room. */
export const dayShort = (day: string, locale: 'id' | 'en'): string =>
  new Intl.DateTimeFormat(locale === 'id' ? 'id-ID' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: '2-digit',
    timeZone: 'UTC'
  }).format(new Date(`${day}T00:00:00Z`));
