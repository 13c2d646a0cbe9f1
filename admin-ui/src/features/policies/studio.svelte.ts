/**
 * A draft while somebody works on it: what is saved, what is typed, what is wrong with it. What is typed stays when
 * somebody else saves first; nothing of theirs is overwritten either.
 */
import { SvelteSet } from 'svelte/reactivity';
import { Problem, asProblem } from '$lib/api/problem';
import { IdempotencyKey } from '$lib/api/idempotency';
import { checkPolicy, savePublication, type Saved } from '$lib/api/publications';
import type { FieldError, Json, PolicyCheck, Publication, StoredTest } from '$lib/api/types';
import { previewCommand } from '$lib/api/workflows';
import { alike } from './compare';

/** After the last key, before the server is asked. */
const pause = 300;

const savedOf = (publication: Publication): Saved => ({
  script: publication.script,
  params: publication.params as Record<string, Json>,
  tests: publication.tests as unknown as StoredTest[],
  reason: publication.reason,
  effective_from: publication.effective_from,
  base_number: publication.base_number
});

/** A copy of its own, so that typing never reaches into what the server said. */
const copy = (saved: Saved): Saved => JSON.parse(JSON.stringify(saved)) as Saved;

export class Studio {
  readonly id: string;
  readonly kind: string;
  draft = $state<Saved>({ script: '', params: {}, tests: [], reason: null, effective_from: null, base_number: 1 });
  saved = $state.raw<Saved>(this.draft);
  revision = $state(0);
  /** What the server says about what is typed; absent until it has said something. */
  check = $state.raw<PolicyCheck | null>(null);
  checking = $state(false);
  saving = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** A newer revision somebody else has saved while this one was being edited. */
  overtaken = $state.raw<Publication | null>(null);

  #key = new IdempotencyKey();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;

  constructor(publication: Publication) {
    this.id = publication.id;
    this.kind = publication.kind;
    this.#load(publication);
  }

  get dirty(): boolean {
    return !alike(this.draft as unknown as Json, this.saved as unknown as Json);
  }

  #load(publication: Publication): void {
    this.saved = savedOf(publication);
    this.draft = copy(this.saved);
    this.revision = publication.revision;
    this.overtaken = null;
  }

  /** What the server holds now. Unsaved work is kept beside it, never thrown away. */
  meet(publication: Publication): void {
    if (publication.revision <= this.revision) return;
    if (this.dirty) this.overtaken = publication;
    else this.#load(publication);
  }

  /** Goes on with what is typed here, on top of what the other has saved. */
  keepMine(): void {
    if (!this.overtaken) return;
    this.saved = savedOf(this.overtaken);
    this.revision = this.overtaken.revision;
    this.overtaken = null;
    this.problem = null;
  }

  takeTheirs(): void {
    if (this.overtaken) this.#load(this.overtaken);
    this.problem = null;
  }

  discard(): void {
    this.draft = copy(this.saved);
    this.problem = null;
  }

  /** Asks the server a moment after the last change. */
  scheduleCheck(): void {
    const { script, params, tests } = this.draft;
    const body = JSON.parse(JSON.stringify({ script, params, tests })) as Pick<Saved, 'script' | 'params' | 'tests'>;
    clearTimeout(this.#timer);
    this.checking = true;
    this.#timer = setTimeout(() => void this.#ask(body), this.check ? pause : 0);
  }

  async #ask(body: Pick<Saved, 'script' | 'params' | 'tests'>): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    try {
      this.check = await checkPolicy(this.kind, body, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.problem = asProblem(error);
    }
    if (this.#abort === abort) this.checking = false;
  }

  /** Answers whether it is saved now. */
  async save(): Promise<boolean> {
    this.saving = true;
    this.problem = null;
    const body = copy(this.draft);
    try {
      const outcome = await this.#key.use((key) => savePublication(this.id, body, this.revision, key));
      this.saved = body;
      this.revision = outcome.revision;
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Whether the server would take what is saved; if not, its faults stand at their places. */
  async couldSubmit(): Promise<boolean> {
    try {
      await previewCommand('policy_publication', this.id, 'submit', {});
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    }
  }

  /** A refusal is about what stood there when it came. */
  forget(): void {
    this.problem = null;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  /** What is wrong, from the check and from a refused save or submission. */
  get faults(): FieldError[] {
    const asked = this.check?.faults ?? [];
    const seen = new SvelteSet(asked.map((fault) => fault.field));
    const refused = (this.problem?.fields ?? []).filter((fault) => !seen.has(fault.field));
    return [...(asked as FieldError[]), ...refused];
  }

  faultsAt(prefix: string): FieldError[] {
    return this.faults.filter((fault) => isBelow(fault.field, prefix));
  }

  faultAt(path: string): FieldError | undefined {
    return this.faults.find((fault) => fault.field === path);
  }
}

/** `params.brackets[1].x` is below `params` and below `params.brackets`. */
export function isBelow(path: string, prefix: string): boolean {
  return path === prefix || (path.startsWith(prefix) && '.['.includes(path.charAt(prefix.length)));
}
