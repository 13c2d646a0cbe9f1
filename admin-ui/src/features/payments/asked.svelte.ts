/** What a payment would do, asked again a moment after the last key; what was refused before it is sent stands at its field. */
import { previewPayment, type PaymentBody, type PaymentCommand } from '$lib/api/payments';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Preview } from '$lib/api/types';
import { fieldErrorText } from '$lib/problem-text';

const pauseMs = 250;

export class Asked {
  preview = $state.raw<Preview | null>(null);
  refused = $state.raw<Problem | null>(null);
  #asking: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Nothing to ask while something is missing. */
  ask(command: PaymentCommand, body: PaymentBody | null): void {
    this.stop();
    this.preview = this.refused = null;
    if (!body) return;
    const mine = (this.#asking = new AbortController());
    this.#timer = setTimeout(() => {
      previewPayment(command, body, mine.signal).then(
        (answer) => !mine.signal.aborted && (this.preview = answer),
        (error: unknown) => !mine.signal.aborted && (this.refused = asProblem(error))
      );
    }, pauseMs);
  }

  stop(): void {
    this.#asking?.abort();
    clearTimeout(this.#timer);
  }

  errorAt(field: string): string | null {
    const fault = this.refused?.fields.find((each) => each.field === field);
    return fault ? fieldErrorText(fault, this.refused?.params) : null;
  }

  /** The refusal when none of these fields shows it. */
  elsewhere(...shown: string[]): Problem | null {
    const at = this.refused?.fields.map((each) => each.field) ?? [];
    return at.length && at.every((field) => shown.includes(field)) ? null : this.refused;
  }
}
