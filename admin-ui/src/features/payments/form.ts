/** What is typed in the form of a payment, as the server takes it. */
import { rupiahOf } from '../honorarium/pph';

/** Rupiah as typed; what is no amount goes as it is, and the server says so at its field. */
export const amountOf = (text: string): number | string | null => {
  const typed = text.trim();
  if (!typed) return null;
  return rupiahOf(typed) ?? typed;
};

export type Part = { tagihan_id: string; amount_rp: number | string | null };

/** The parts that somebody typed, in the order of the Tagihan. */
export function allocationsOf(bills: { id: string }[], typed: Record<string, string>): Part[] {
  const parts = bills.map((bill) => ({ tagihan_id: bill.id, amount_rp: amountOf(typed[bill.id] ?? '') }));
  return parts.filter((part) => part.amount_rp !== null && part.amount_rp !== 0);
}
