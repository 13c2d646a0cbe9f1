/** The form of a new sesi: what is typed, the body made of it, the live preview, and saving without doubling. */
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, type Problem } from '$lib/api/problem';
import { createSesi, previewSesi } from '$lib/api/sesi';
import type { Mode, NewSesi, Outcome, Place, SesiPreview, Siswa, Subject, Tutor } from '$lib/api/types';
import { dateInZone, wallToInstant } from '$lib/format/zone';
import { fieldErrorText } from '$lib/problem-text';
import { toInteger } from '../workflow/form';

const previewPauseMs = 350;

export class SesiDraft {
  siswa = $state.raw<Siswa | null>(null);
  tutor = $state.raw<Tutor | null>(null);
  subject = $state.raw<Subject | null>(null);
  levelId = $state('');
  date = $state('');
  time = $state('');
  duration = $state('');
  mode = $state<Mode>('ONLINE');
  place = $state.raw<Place | null>(null);
  surcharge = $state('');

  problem = $state.raw<Problem | null>(null);
  preview = $state.raw<SesiPreview | null>(null);
  previewProblem = $state.raw<Problem | null>(null);
  previewing = $state(false);
  busy = $state(false);
  saved = false;

  readonly #key = new IdempotencyKey();
  #abort: AbortController | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(zone: string, defaultMinutes: number) {
    this.date = dateInZone(new Date(Date.now() + 86_400_000), zone);
    this.duration = String(defaultMinutes);
  }

  get dirty(): boolean {
    return !this.saved && !!(this.siswa || this.tutor || this.subject || this.time || this.surcharge);
  }

  get zone(): string | null {
    return this.tutor?.office_zone ?? null;
  }

  get offline(): boolean {
    return this.mode !== 'ONLINE';
  }

  chooseSubject(subject: Subject | null): void {
    this.subject = subject;
    this.levelId = '';
  }

  /** At the siswa's home the place is the siswa's; another mode keeps what was typed. */
  chooseMode(mode: Mode): void {
    this.mode = mode;
    if (mode === 'OFFLINE_RUMAH_SISWA') this.usePlaceOfSiswa();
  }

  chooseSiswa(siswa: Siswa | null): void {
    this.siswa = siswa;
    if (this.mode === 'OFFLINE_RUMAH_SISWA') this.usePlaceOfSiswa();
  }

  usePlaceOfSiswa(): void {
    const { address, lat, long } = this.siswa ?? {};
    if (address && lat != null && long != null) this.place = { address, lat, long };
  }

  /** What will be sent. Empty fields are left out, so that the server names each one that is missing. */
  body(fallbackZone: string): NewSesi {
    const startsAt =
      this.date && this.time ? wallToInstant(`${this.date}T${this.time}`, this.zone ?? fallbackZone) : null;
    const entries = {
      siswa_id: this.siswa?.id,
      tutor_id: this.tutor?.id,
      subject_id: this.subject?.id,
      subject_level_id: this.levelId || undefined,
      starts_at: startsAt ?? undefined,
      duration_minutes: this.duration.trim() ? (toInteger(this.duration) ?? this.duration) : undefined,
      mode: this.mode,
      place: this.offline && this.place ? this.place : undefined,
      mode_surcharge_rp: this.surcharge.trim() ? (toInteger(this.surcharge) ?? this.surcharge) : undefined
    };
    return JSON.parse(JSON.stringify(entries)) as NewSesi;
  }

  get previewable(): boolean {
    return !!(this.siswa && this.tutor && this.subject && this.date && this.time);
  }

  errorAt(field: string): string | null {
    const errors = this.problem?.fields ?? this.previewFieldErrors();
    const error = errors.find((each) => each.field === field || each.field.startsWith(`${field}.`));
    return error ? fieldErrorText(error, this.problem?.params) : null;
  }

  /** While typing, only what the live preview complains about and is filled in already. */
  private previewFieldErrors() {
    return (this.previewProblem?.fields ?? []).filter((error) => error.code !== 'required');
  }

  schedulePreview(body: NewSesi): void {
    clearTimeout(this.#pause);
    this.#abort?.abort();
    if (!this.previewable) {
      this.preview = null;
      this.previewProblem = null;
      return;
    }
    this.#pause = setTimeout(() => void this.#loadPreview(body), previewPauseMs);
  }

  async #loadPreview(body: NewSesi): Promise<void> {
    const mine = (this.#abort = new AbortController());
    this.previewing = true;
    try {
      this.preview = await previewSesi(body, mine.signal);
      this.previewProblem = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      this.preview = null;
      this.previewProblem = asProblem(error);
    }
    if (this.#abort === mine) this.previewing = false;
  }

  async save(fallbackZone: string): Promise<Outcome | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    try {
      const body = this.body(fallbackZone);
      const outcome = await this.#key.use((key) => createSesi(body, key));
      this.saved = true;
      return outcome;
    } catch (error) {
      this.problem = asProblem(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  dispose(): void {
    clearTimeout(this.#pause);
    this.#abort?.abort();
  }
}
