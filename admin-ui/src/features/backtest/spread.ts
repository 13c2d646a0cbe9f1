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

/** The end of a bucket that is nearer to zero, which names it on the axis. */
export const nearEnd = ({ from_rp, to_rp, more }: Bar): number => (more ? from_rp : to_rp) ?? 0;

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
