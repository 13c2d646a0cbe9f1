/** One write at a time: busy while it runs, its refusal kept for the place where it was asked. */
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, type Problem } from '$lib/api/problem';
import { fieldErrorText } from '$lib/problem-text';

export class Save {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  readonly #key = new IdempotencyKey();

  /** What the write answered, or undefined when it was refused. */
  async run<T>(write: (idempotencyKey: string) => Promise<T>): Promise<{ answer: T } | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = null;
    try {
      return { answer: await this.#key.use(write) };
    } catch (error) {
      this.problem = asProblem(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  forget(): void {
    this.problem = null;
  }

  errorAt(field: string): string | null {
    const error = this.problem?.fields.find((each) => each.field === field);
    return error ? fieldErrorText(error, this.problem?.params) : null;
  }

  /** The refusal, when none of these fields shows it. */
  elsewhere(...shown: string[]): Problem | null {
    const at = this.problem?.fields.map((each) => each.field) ?? [];
    return at.length && at.every((field) => shown.includes(field)) ? null : this.problem;
  }
}
