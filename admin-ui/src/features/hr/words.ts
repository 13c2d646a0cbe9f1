/** What was proposed or decided about a strike, in words. */
import type { StrikeView } from '$lib/api/types';
import { t, tOpen } from '$lib/i18n/i18n.svelte';

export function sanctionText(sanction: string, days: number | null | undefined): string {
  const what = tOpen('choice', sanction);
  return days ? t('hr.with_days', { what, n: days }) : what;
}

/** Whether somebody has to decide. */
export const waits = (strike: StrikeView): boolean => strike.waits_until !== null;

/** A share as whole percent; nothing of nothing is no share. */
export const share = (part: number, whole: number): string | null =>
  whole > 0 ? `${Math.round((part / whole) * 100)}%` : null;
