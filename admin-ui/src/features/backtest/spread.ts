/** The figures of a distribution chart: heights, where the line between less and more lies, short words for amounts. Pure. */
export type Bucket = { from_rp: number | null; to_rp: number | null; decisions: number };
export type Bar = Bucket & { more: boolean; height: number };

/** Bars as shares of the highest; one decision is always seen. */
export function bars(buckets: Bucket[], least = 0.02): Bar[] {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.decisions));
  return buckets.map((bucket) => ({
    ...bucket,
    more: (bucket.from_rp ?? -1) > 0,
    height: bucket.decisions ? Math.max(least, bucket.decisions / most) : 0
  }));
}

/** `+10–20rb`, `-500rb–1jt`, `<1rb`, `>1jt`: the bucket as an axis names it, away from zero. */
export function name({ from_rp, to_rp, more }: Bar, locale: 'id' | 'en'): string {
  const near = Math.abs((more ? from_rp : to_rp) ?? 0);
  const far = more ? to_rp : from_rp;
  const sign = more ? '+' : '-';
  if (far === null) return `${sign}>${short(near, locale)}`;
  if (near < 1_000) return `${sign}<${short(Math.abs(far), locale)}`;
  const end = short(Math.abs(far), locale);
  const start = short(near, locale);
  const unit = end.replace(/^\d+/, '');
  return `${sign}${start.endsWith(unit) ? start.slice(0, start.length - unit.length) : start}–${end}`;
}

/** `+Rp5.000`, `-Rp5.000`, `Rp0`. */
export const signed = (rp: number, text: (rp: number) => string): string => (rp > 0 ? `+${text(rp)}` : text(rp));

/** `-2rb`, `5k`, `1jt`: short enough for an axis. */
export function short(rp: number, locale: 'id' | 'en'): string {
  const size = Math.abs(rp);
  const [thousand, million] = locale === 'id' ? ['rb', 'jt'] : ['k', 'm'];
  const sign = rp < 0 ? '-' : '';
  if (size >= 1_000_000) return `${sign}${size / 1_000_000}${million}`;
  if (size >= 1_000) return `${sign}${size / 1_000}${thousand}`;
  return `${sign}${size}`;
}
