/** PPh by a rate, as the server reckons it: hundredths of a percent of what was earned, rounded half up to the rupiah. */

type Earned = {
  base_rp: number;
  transport_rp: number;
  adjustment_rp: number;
  returned_rp: number;
  reversed_rp: number;
};

/** What was earned, before denda and what was carried over. */
export const grossOf = (row: Earned): number =>
  row.base_rp + row.transport_rp + row.adjustment_rp + row.returned_rp - row.reversed_rp;

const whole = 10_000n;

export const ofGross = (gross: number, bps: number): number =>
  gross <= 0 ? 0 : Number((BigInt(gross) * BigInt(bps) + whole / 2n) / whole);

/** `2,5` or `2.5` percent as hundredths of a percent; null for what is no such rate. */
export function bpsOf(text: string): number | null {
  const plain = text.trim().replace(',', '.').replace('%', '');
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(plain)) return null;
  const [percent = '0', rest = ''] = plain.split('.');
  const bps = Number(percent) * 100 + Number(rest.padEnd(2, '0'));
  return bps <= 10_000 ? bps : null;
}

/** Rupiah as somebody types them: `12.500`, `Rp12500`, nothing for zero; null for what is none. */
export function rupiahOf(text: string): number | null {
  const plain = text.replace(/^\s*Rp/i, '').replace(/[.\s]/g, '');
  if (plain === '') return 0;
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
