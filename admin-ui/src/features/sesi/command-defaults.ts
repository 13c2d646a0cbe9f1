/** What a command's form starts with: the sesi's present values, so that people change them instead of retyping them. */
import type { Document, Json, Sesi } from '$lib/api/types';
import type { Defaults } from '../workflow/form';

function scheduleOf(sesi: Sesi): Defaults {
  return { starts_at: sesi.starts_at, duration_minutes: sesi.duration_minutes, tutor_id: sesi.tutor.id };
}

function editable(sesi: Sesi): Defaults {
  return {
    ...scheduleOf(sesi),
    siswa_id: sesi.siswa.id,
    subject_id: sesi.subject.id,
    subject_level_id: sesi.level?.id,
    mode: sesi.mode,
    place: sesi.place as unknown as Json,
    mode_surcharge_rp: sesi.mode_surcharge_rp
  };
}

function reported(sesi: Sesi): Defaults {
  return {
    attendance: sesi.attendance ?? 'PRESENT',
    photo_document_id: sesi.photo_document_id ?? undefined,
    ...sesi.materi
  };
}

export function commandDefaults(command: string, sesi: Sesi): Defaults {
  if (command === 'edit') return editable(sesi);
  if (command === 'reschedule') return scheduleOf(sesi);
  if (command === 'report') return reported(sesi);
  return {};
}

/** Names behind the ids of the defaults. */
export function referenceNames(sesi: Sesi): Record<string, string> {
  const pairs = [sesi.siswa, sesi.tutor, sesi.subject, sesi.office, ...(sesi.level ? [sesi.level] : [])];
  return Object.fromEntries(pairs.map(({ id, name }) => [id, name]));
}

/** The photo of the report, when there is one. */
export function photoOf(sesi: Sesi): Document | null {
  return sesi.documents.find((document) => document.id === sesi.photo_document_id) ?? null;
}
