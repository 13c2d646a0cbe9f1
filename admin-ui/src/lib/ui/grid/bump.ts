/** A percentage on amounts, rounded half up to a step; whole numbers only, as the server computes it (SPEC MON-1). */

/** `5,5` → 550 hundredths of a percent; null for what is no percentage. */
export function basisPoints(text: string): number | null {
  const match = /^([+-]?)(\d{1,4})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!match) return null;
  const points = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  const signed = match[1] === '-' ? -points : points;
  return signed > -10_000 && signed <= 100_000 ? signed : null;
}

export function bumped(rp: number, points: number, step: number): number {
  const exact = BigInt(rp) * BigInt(10_000 + points);
  const unit = 10_000n * BigInt(step);
  return Number(((exact + unit / 2n) / unit) * BigInt(step));
}

/** `550` → `5,5`. */
export function percentText(points: number): string {
  return String(points / 100).replace('.', ',');
}
