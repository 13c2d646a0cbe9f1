/** Bank statements: taken in, their lines with what may be behind them, and what becomes of a line. */
import { base, filters, get, getCsrfToken, post } from './client';
import { Problem, problemOf } from './problem';
import type { BankFigures, BankImport, BankLine, BankProposal, BankStatement, Page } from './types';

export type BankLineFilters = { state?: string; way?: string };

export const fetchBankLines = (
  query: { q?: string; cursor?: string; limit?: number },
  filter: BankLineFilters,
  signal?: AbortSignal
) => get<Page<BankLine>>('/bank-lines', { ...query, ...filters(filter) }, signal);

export const fetchBankFigures = () => get<BankFigures>('/bank-lines/figures');
export const fetchStatements = () => get<Page<BankStatement>>('/bank-statements', { limit: 5 });
export const fetchProposals = (line: string, signal?: AbortSignal) =>
  get<BankProposal[]>(`/bank-lines/${line}/proposals`, undefined, signal);

export const ignoreLine = (id: string, reason: string) => post<void>(`/bank-lines/${id}/ignore`, { body: { reason } });
export const reopenLine = (id: string) => post<void>(`/bank-lines/${id}/reopen`, { body: {} });
export const linkLine = (id: string, payment: string) =>
  post<void>(`/bank-lines/${id}/link`, { body: { payment_id: payment } });

/** A file as it is; in a dry run nothing is written. */
export async function sendStatement(
  file: File,
  asked: { dry_run?: boolean; only_valid?: boolean }
): Promise<BankImport> {
  const query = new URLSearchParams({ file: file.name });
  for (const name of ['dry_run', 'only_valid'] as const) if (asked[name]) query.set(name, 'true');
  let response: Response;
  try {
    response = await fetch(`${base}/bank-statements?${query}`, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'text/csv; charset=utf-8',
        'X-CSRF-Token': getCsrfToken()
      },
      body: file,
      credentials: 'same-origin'
    });
  } catch {
    throw Problem.unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as BankImport;
}
