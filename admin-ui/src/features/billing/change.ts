/** How far a sum is from that of the month before. */

export type Change = { rp: number; pct: number | null };

/** Percent of the month before, to one digit; null when there is nothing to compare with. */
export function changeOf(amount: number, before: number | null): Change | null {
  if (before === null) return null;
  const rp = amount - before;
  return { rp, pct: before === 0 ? null : Math.round((rp / before) * 1000) / 10 };
}

export const percentText = (pct: number): string =>
  `${new Intl.NumberFormat('id-ID', { signDisplay: 'exceptZero', maximumFractionDigits: 1 }).format(pct)}%`;
