/** The steps that lead to a closed month, and how far each is. Pure. */
import type { MonthProgress } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

export type StepState = 'done' | 'now' | 'later';
export type Step = {
  id: 'over' | 'billed' | 'paid' | 'paid_out' | 'closed';
  label: Key;
  state: StepState;
  /** How much of it is done, from 0 to 1, where that can be told. */
  share: number | null;
};

const shareOf = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** What is done is done, in any order; the first that is not is the one to see to. */
export function stepsOf(month: MonthProgress): Step[] {
  const { run, tagihan, honorarium } = month;
  const done = {
    over: month.over || month.locked,
    billed:
      month.locked || run?.state === 'DONE' || (run?.state === 'SCHEDULED' && tagihan.issued + honorarium.issued > 0),
    paid: month.locked || (tagihan.issued > 0 && tagihan.settled === tagihan.issued),
    paid_out: month.locked || (honorarium.issued > 0 && honorarium.settled === honorarium.issued),
    closed: month.locked
  };
  const share = {
    over: null,
    billed: run && run.state === 'RUNNING' ? shareOf(run.parts_done, run.parts) : null,
    paid: shareOf(tagihan.settled, tagihan.issued),
    paid_out: shareOf(honorarium.settled, honorarium.issued),
    closed: null
  };
  const ids = ['over', 'billed', 'paid', 'paid_out', 'closed'] as const;
  const first = ids.find((id) => !done[id]);
  return ids.map((id) => ({
    id,
    label: `overview.step_${id}` as const,
    state: done[id] ? 'done' : id === first ? 'now' : 'later',
    share: share[id]
  }));
}
