/** Sizes of files as people read them: `812 B`, `1,4 MB`. Pure. */
const units = ['B', 'KB', 'MB', 'GB'] as const;
const grouped = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 1 });

export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${grouped.format(value)} ${units[unit]}`;
}
