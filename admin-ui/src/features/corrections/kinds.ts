/** The five kinds of corrections: the workflow behind each, and what starts one. */
import type { CorrectionKind } from '$lib/api/corrections';
import { correctionKinds } from '$lib/api/corrections';
import { href } from '$lib/router/match';

export const workflowOf: Record<CorrectionKind, string> = {
  adjustments: 'money_adjustment',
  'credit-notes': 'credit_note',
  refunds: 'refund',
  'write-offs': 'write_off',
  reversals: 'settlement_reversal'
};

/** The kind named in an address; the first one when it names none. */
export const kindOf = (text: string | undefined): CorrectionKind =>
  correctionKinds.find((kind) => kind === text) ?? correctionKinds[0];

/** The kind of a workflow, or nothing when it is no correction. */
export const kindOfWorkflow = (workflow: string): CorrectionKind | undefined =>
  correctionKinds.find((kind) => workflowOf[kind] === workflow);

export const pageOf = (kind: CorrectionKind, id: string): string => href('/corrections/:kind/:id', { kind, id });
