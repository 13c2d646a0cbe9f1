/** Rupiah as people type and paste them: `150000`, `150.000`, `Rp150.000`, `Rp 150.000,-`, `150,000.00`. */

export type Amount =
  | { kind: 'amount'; rp: number }
  | { kind: 'empty' }
  | { kind: 'wrong'; code: 'negative' | 'letters' | 'fraction' | 'malformed' | 'too_large' };

/** The server takes no more. */
export const mostRp = 1_000_000_000;

const wrong = (code: Extract<Amount, { kind: 'wrong' }>['code']): Amount => ({ kind: 'wrong', code });

/** What stands for nothing in spreadsheets. */
const nothing = /^[-–—]?$/;
const unit = /^rp\.?\s*/i;
/** Decimals that say nothing: `,00`, `.00`, and the `,-` of price tags. */
const noFraction = /([.,])(?:00?|-)$/;

function digits(text: string): Amount {
  const groups = text.split(/[.,\s]/);
  const separators = new Set(text.match(/[.,\s]/g) ?? []);
  const grouped =
    groups.length === 1 || (/^\d{1,3}$/.test(groups[0]!) && groups.slice(1).every((g) => /^\d{3}$/.test(g)));
  if (separators.size > 1 || !grouped || !groups.every((group) => /^\d+$/.test(group))) {
    return wrong(/^[\d.\s]+,\d{1,2}$|^[\d,\s]+\.\d{1,2}$/.test(text) ? 'fraction' : 'malformed');
  }
  const rp = Number(groups.join(''));
  return rp > mostRp ? wrong('too_large') : { kind: 'amount', rp };
}

export function parseAmount(typed: string): Amount {
  const text = typed.replaceAll(/[\u00a0\u202f]/g, ' ').trim();
  if (nothing.test(text)) return { kind: 'empty' };
  const bare = text.replace(unit, '');
  if (/^[-−(]/.test(bare) || /^[-−(]/.test(text)) return wrong('negative');
  if (/\p{L}/u.test(bare)) return wrong('letters');
  const cut = noFraction.exec(bare);
  // A dot or comma before the decimals is another one than between the groups.
  const whole = cut && !bare.slice(0, cut.index).includes(cut[1]!) ? bare.slice(0, cut.index) : bare;
  return digits(whole);
}

const grouping = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 0 });
export const shownAmount = (rp: number): string => grouping.format(rp);
