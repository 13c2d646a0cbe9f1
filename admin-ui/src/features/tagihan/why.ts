/** Why a line of a Tagihan is charged what it is, in a sentence that a parent understands. */
import type { TagihanView } from '$lib/api/types';
import { span } from '$lib/format/local.svelte';
import { rupiah } from '$lib/format/money';
import { t, tOpen } from '$lib/i18n/i18n.svelte';

export type Line = TagihanView['lines'][number];

export function whatOf(line: Line): string {
  if (line.kind === 'ADJUSTMENT' || !line.sesi) return t('tagihan.adjustment', { code: line.why.code ?? '' });
  return line.sesi.level ? `${line.sesi.subject} · ${line.sesi.level}` : line.sesi.subject;
}

export function whyOf(line: Line): string {
  const { pct, of_rp, lead_time_s, party, changed, reason } = line.why;
  if (line.kind === 'ADJUSTMENT') return reason ?? '';
  const by = party ? t('tagihan.why.by', { party: tOpen('choice', party).toLowerCase() }) : '';
  const told = tOpen('tagihan.why', line.kind.toLowerCase()) + by + leadOf(lead_time_s);
  if (changed) return `${told}; ${t('tagihan.why.changed')}`;
  if (pct === null || of_rp === null) return told;
  return `${told}: ${t('tagihan.why.share', { pct, of: rupiah(of_rp) })}`;
}

function leadOf(seconds: number | null): string {
  if (seconds === null) return '';
  return ' ' + (seconds === 0 ? t('tagihan.why.after_start') : t('tagihan.why.before_start', { span: span(seconds) }));
}
