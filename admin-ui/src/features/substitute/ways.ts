/** The ways somebody comes to stand in, as the server names them, and the words to ask somebody with. */
import type { Candidate, Sesi } from '$lib/api/types';
import { range } from '$lib/format/local.svelte';
import { rupiah } from '$lib/format/money';
import { t, tOpen } from '$lib/i18n/i18n.svelte';

export const ways = ['SELF', 'DISPATCH', 'REASSIGN'] as const;
export type Way = (typeof ways)[number];

/** What one would write to a tutor; the siswa's name and address stay out until they say yes. */
export function messageTo(candidate: Candidate, sesi: Sesi): string {
  const transport = candidate.transport_rp
    ? t('substitute.message_transport', { rp: rupiah(candidate.transport_rp) })
    : '';
  return t('substitute.message', {
    name: candidate.tutor.name,
    subject: `${sesi.subject.name}${sesi.level ? ` ${sesi.level.name}` : ''} (${sesi.siswa.tingkat})`,
    when: range(sesi.starts_at, sesi.ends_at, sesi.office.zone),
    mode: tOpen('choice', sesi.mode),
    rp: rupiah(candidate.honorarium_rp),
    transport
  });
}
