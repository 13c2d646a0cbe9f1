/** The ages of what is owed, the youngest first: where each amount stands, what it is called, and the filter that shows it. */
import type { AgedAmounts } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

export type Age = { id: string; of: (amounts: AgedAmounts) => number; label: Key; bucket: string; late: boolean };

export const ages: Age[] = [
  { id: 'not_billed', of: (a) => a.not_billed_rp, label: 'aging.not_billed', bucket: 'NOT_BILLED', late: false },
  { id: 'not_due', of: (a) => a.not_due_rp, label: 'aging.not_due', bucket: 'NOT_DUE', late: false },
  { id: 'd30', of: (a) => a.days_0_30_rp, label: 'aging.d0_30', bucket: '0_30', late: true },
  { id: 'd60', of: (a) => a.days_31_60_rp, label: 'aging.d31_60', bucket: '31_60', late: true },
  { id: 'd90', of: (a) => a.days_61_90_rp, label: 'aging.d61_90', bucket: '61_90', late: true },
  { id: 'older', of: (a) => a.days_over_90_rp, label: 'aging.over_90', bucket: 'OVER_90', late: true }
];

/** Of everything that is owed, in whole percent; what takes away counts as nothing. */
export function shareOf(part: number, amounts: AgedAmounts): number {
  const owed = ages.reduce((sum, age) => sum + Math.max(0, age.of(amounts)), 0);
  return owed > 0 ? Math.round((Math.max(0, part) / owed) * 100) : 0;
}
