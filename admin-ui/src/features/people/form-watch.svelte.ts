/** What the server says of a form while it is typed: faults of the fields that were touched, warnings, and namesakes. */
import type { FieldError, FormCheck } from '$lib/api/types';
import { fieldErrorText } from '$lib/problem-text';
import { SvelteSet } from 'svelte/reactivity';

const pauseMs = 350;

export class FormWatch {
  /** Names of fields somebody has been in. */
  readonly touched = new SvelteSet<string>();
  said = $state.raw<FormCheck | null>(null);
  #asking: AbortController | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** Asks a moment after the last change; a newer form drops the older question. */
  ask(check: (signal: AbortSignal) => Promise<FormCheck>): void {
    clearTimeout(this.#pause);
    this.#asking?.abort();
    const mine = (this.#asking = new AbortController());
    this.#pause = setTimeout(() => {
      // A check that fails says nothing: saving will.
      void check(mine.signal).then(
        (said) => (this.said = said),
        () => undefined
      );
    }, pauseMs);
  }

  stop(): void {
    clearTimeout(this.#pause);
    this.#asking?.abort();
  }

  fault(field: string): FieldError | undefined {
    return this.touched.has(field) ? this.said?.faults.find((fault) => fault.field === field) : undefined;
  }

  errorAt(field: string): string | null {
    const fault = this.fault(field);
    return fault ? fieldErrorText(fault) : null;
  }
}
