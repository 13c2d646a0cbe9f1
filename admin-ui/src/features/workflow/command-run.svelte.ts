/**
 * One opened command dialog: form values, preview while typing, confirming what was shown, and the answer's problems.
 * The confirmed outcome equals the shown one, or the server refuses with outcome_changed and the person looks again (SPEC CAN-5).
 */
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Amount, CommandDefinition, Json, Outcome, Preview } from '$lib/api/types';
import { previewCommand, runCommand } from '$lib/api/workflows';
import { fieldErrorText } from '$lib/problem-text';
import { fieldsOf, firstValues, previewBody, toBody, type Defaults, type FormValues } from './form';

type Subject = { workflow: string; id: string; zone: string };

const previewPauseMs = 300;

export class CommandRun {
  values = $state<FormValues>({});
  preview = $state.raw<Preview | null>(null);
  previewProblem = $state.raw<Problem | null>(null);
  previewing = $state(false);
  problem = $state.raw<Problem | null>(null);
  changed = $state.raw<{ shown: Amount[]; now: Amount[] } | null>(null);
  busy = $state(false);

  readonly #key = new IdempotencyKey();
  #abort: AbortController | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly subject: Subject,
    readonly command: CommandDefinition,
    readonly defaults: Defaults
  ) {
    this.values = firstValues(fieldsOf(command), defaults, subject.zone);
  }

  get body(): Record<string, Json> {
    return toBody(this.command, $state.snapshot(this.values) as FormValues, this.defaults, this.subject.zone);
  }

  /** The server's words at a field, from the last answer that named it. */
  errorAt(field: string): string | null {
    const error = this.problem?.fields.find((each) => each.field === field);
    return error ? fieldErrorText(error, this.problem?.params) : null;
  }

  /** A problem that has no field of this form to stand at. */
  get generalProblem(): Problem | null {
    const problem = this.problem;
    if (!problem || this.changed) return null;
    const names = new Set(fieldsOf(this.command).map((field) => field.name));
    const allAtFields = problem.fields.length > 0 && problem.fields.every((error) => names.has(error.field));
    return allAtFields && problem.blocking.length === 0 ? null : problem;
  }

  /** Asks again what would happen, a moment after the last change. */
  schedulePreview(body: Record<string, Json>): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#loadPreview(body), previewPauseMs);
  }

  async #loadPreview(body: Record<string, Json>): Promise<void> {
    this.#abort?.abort();
    const mine = (this.#abort = new AbortController());
    this.previewing = true;
    try {
      const { workflow, id } = this.subject;
      const asked = previewBody(this.command, body);
      this.preview = await previewCommand(workflow, id, this.command.name, asked, mine.signal);
      this.previewProblem = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      this.preview = null;
      this.previewProblem = asProblem(error);
    }
    if (this.#abort === mine) this.previewing = false;
  }

  /** Null when refused; the reason is then in `problem` or `changed`. */
  async confirm(): Promise<Outcome | null> {
    if (this.busy) return null;
    this.busy = true;
    this.problem = null;
    const { workflow, id } = this.subject;
    const body = this.preview ? { ...this.body, expected_outcome: this.preview.outcome } : this.body;
    try {
      return await this.#key.use((key) => runCommand(workflow, id, this.command.name, body, key));
    } catch (error) {
      await this.#refused(asProblem(error));
      return null;
    } finally {
      this.busy = false;
    }
  }

  async #refused(problem: Problem): Promise<void> {
    this.problem = problem;
    const amounts = problem.amounts;
    const shown = amounts?.shown.length ? amounts.shown : (this.preview?.amounts ?? []);
    this.changed = amounts && { shown, now: amounts.now };
    if (this.changed) await this.#loadPreview(this.body);
  }

  dispose(): void {
    clearTimeout(this.#pause);
    this.#abort?.abort();
  }
}
