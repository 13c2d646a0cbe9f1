/** Figures of a siswa's progress as they are read. Pure. */
import type { ProgressCounts } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

const decimal = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 1 });

/** Hours with one decimal: `4,5`. */
export const hoursText = (minutes: number): string => decimal.format(minutes / 60);

/** Present at the lessons the siswa was expected at, late or not. */
export const attendanceOf = ({ held, no_show }: ProgressCounts): [number, number] => [held, held + no_show];

export type Part = { id: 'held' | 'no_show' | 'cancelled' | 'rescheduled' | 'ahead'; label: Key };

/** What a column of a month is stacked of, from below. */
export const parts: readonly Part[] = [
  { id: 'held', label: 'progress.held' },
  { id: 'no_show', label: 'progress.no_show' },
  { id: 'cancelled', label: 'progress.cancelled' },
  { id: 'rescheduled', label: 'progress.rescheduled' },
  { id: 'ahead', label: 'progress.ahead' }
];
