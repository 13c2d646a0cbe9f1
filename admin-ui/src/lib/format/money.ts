/** Rupiah as people write it: `Rp10.000`, no space, in every language of the UI (SPEC MON-1). */
const grouped = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 0 });

export function rupiah(amount: number): string {
  const sign = amount < 0 ? '-' : '';
  return `${sign}Rp${grouped.format(Math.abs(amount))}`;
}

/** A plain count or measure with Indonesian grouping: `1.240`. */
export function count(value: number): string {
  return grouped.format(value);
}
