/** Where each check of the step-through stands, and where what it names is dealt with. Pure but for what the person may open. */
import { href } from '$lib/router/match';
import { ownPage } from '../audit/links';
import type { PeriodCheck, PeriodItem } from '$lib/api/types';

/** `waits`: the machine is still at it. */
export type StepState = 'blocked' | 'waits' | 'to_sign' | 'stale' | 'signed' | 'clear';

export function stateOf(step: PeriodCheck): StepState {
  if (step.blocking.some((item) => item.state === 'NOT_CHECKED')) return 'waits';
  if (step.blocking_count > 0) return 'blocked';
  if (!step.signed) return 'clear';
  if (!step.signature) return 'to_sign';
  return step.signature.stale ? 'stale' : 'signed';
}

export const isDone = (state: StepState): boolean => state === 'signed' || state === 'clear';

export const marks: Record<StepState, string> = {
  blocked: '!',
  waits: '◑',
  to_sign: '○',
  stale: '↺',
  signed: '✓',
  clear: '✓'
};

/** How many of all steps are done. */
export const doneOf = (steps: PeriodCheck[]): number => steps.filter((step) => isDone(stateOf(step))).length;

/** The page on which the thing is dealt with; nothing where there is none the person may open. */
export function placeOf(item: PeriodItem, month: string): string | null {
  if (item.kind === 'period') return item.code === month ? null : href('/periods/:month', { month: item.code });
  if (item.kind === 'bank_line') return `/payments?tab=matching&month=${month}`;
  if (item.kind === 'billing_run') return `/billing/${item.id}`;
  return ownPage(item.kind, item.id);
}

/** The page on which a check is worked at as a whole. */
export function workplaceOf(check: string, month: string): string | null {
  switch (check) {
    case 'sesi':
      return '/sesi';
    case 'tagihan':
      return `/tagihan?month=${month}`;
    case 'honorarium':
      return `/honorarium?month=${month}`;
    case 'payments':
      return '/payments';
    case 'force_majeure':
      return '/fm';
    case 'corrections':
      return '/corrections';
    case 'books':
      return `/ledger?month=${month}`;
    default:
      return null;
  }
}
