/** Figures of the cancellation report, and the way from each to its sesi. Pure. */
import type { CancellationCounts, CancellationLeadTimes } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

export const periodNames = ['from', 'until', 'office_id', 'tutor_id', 'siswa_id'] as const;
export const figureNames = ['month', 'state', 'party', 'bracket', 'category', 'said'] as const;

export type Figure = Partial<Record<(typeof figureNames)[number], string>>;
export type Column = {
  id: keyof CancellationCounts;
  label: Key;
  /** What it leads to; nothing for figures that are no cancellations. */
  figure: Figure | null;
};

export const cancelled: Column[] = [
  { id: 'cancelled_by_siswa', label: 'report.by_siswa', figure: { state: 'CANCELLED', party: 'SISWA' } },
  { id: 'cancelled_by_tutor', label: 'report.by_tutor', figure: { state: 'CANCELLED', party: 'TUTOR' } },
  { id: 'cancelled_by_admin', label: 'report.by_admin', figure: { state: 'CANCELLED', party: 'ADMIN' } }
];

export const columns: Column[] = [
  { id: 'planned', label: 'report.planned', figure: null },
  ...cancelled,
  { id: 'no_show_student', label: 'report.no_show_student', figure: { state: 'NO_SHOW_STUDENT' } },
  { id: 'no_show_tutor', label: 'report.no_show_tutor', figure: { state: 'NO_SHOW_TUTOR' } },
  { id: 'rescheduled', label: 'report.rescheduled', figure: { state: 'RESCHEDULED' } },
  { id: 'substituted', label: 'report.substituted', figure: null }
];

export const cancelledOf = (counts: CancellationCounts): number =>
  cancelled.reduce((sum, column) => sum + counts[column.id], 0);

/** A share in percent with one decimal: `12,5%`; nothing of nothing. */
const percent = new Intl.NumberFormat('id-ID', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const shareText = (part: number, whole: number): string =>
  whole > 0 ? `${percent.format((part / whole) * 100)}%` : '–';

/** The sentence of a bracket: its key, and the hours in it. */
export function bracketText(
  { from_hours, until_hours }: CancellationLeadTimes['brackets'][number],
  holdsThreshold: boolean
): { key: Key; args: Record<string, number> } {
  const args = { from: from_hours, n: until_hours ?? from_hours };
  if (until_hours === null && from_hours === 0) return { key: 'report.any_lead', args };
  if (until_hours === null) return { key: holdsThreshold ? 'report.more_up_to' : 'report.more_below', args };
  if (from_hours === 0) return { key: holdsThreshold ? 'report.up_to' : 'report.below', args };
  return { key: holdsThreshold ? 'report.between_up_to' : 'report.between_below', args };
}
