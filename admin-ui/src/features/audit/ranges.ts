/** Ranges of days by name, so that a bookmark says "this week" and not the week it was made in. Pure. */
import type { Key } from '$lib/i18n/i18n.svelte';

export const rangeNames = ['today', 'week', 'month', 'last_month'] as const;
export type RangeName = (typeof rangeNames)[number];
export type Days = { from: string; until: string };

export const rangeLabels: Record<RangeName, Key> = {
  today: 'audit.range.today',
  week: 'audit.range.week',
  month: 'audit.range.month',
  last_month: 'audit.range.last_month'
};

const dayMs = 86_400_000;
const text = (date: Date) => date.toISOString().slice(0, 10);
const utc = (year: number, month: number, day: number) => new Date(Date.UTC(year, month, day));

/** The first and last day of a named range; weeks begin on Monday. Nothing for a name nobody knows. */
export function daysOf(name: string | undefined, today: string): Days | null {
  const now = new Date(`${today}T00:00:00Z`);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  switch (name as RangeName) {
    case 'today':
      return { from: today, until: today };
    case 'week': {
      const sinceMonday = (now.getUTCDay() + 6) % 7;
      return { from: text(new Date(now.getTime() - sinceMonday * dayMs)), until: today };
    }
    case 'month':
      return { from: text(utc(year, month, 1)), until: today };
    case 'last_month':
      return { from: text(utc(year, month - 1, 1)), until: text(utc(year, month, 0)) };
    default:
      return null;
  }
}
