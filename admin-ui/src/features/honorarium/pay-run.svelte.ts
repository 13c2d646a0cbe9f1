/** Paying many Honorarium, a group at a time: each group under a key of its own, so that whatever is sent again pays nothing twice. */
import { payHonoraria, type BulkPayment } from '$lib/api/honorarium';
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, Problem } from '$lib/api/problem';
import type { HonorariumRow } from '$lib/api/types';

export type Paid = { ok: true; code: string } | { ok: false; problem: Problem };

const together = 50;

export class PayRun {
  results = $state<Record<string, Paid>>({});
  at = $state(0);
  of = $state(0);
  busy = $state(false);
  readonly #keys = new Map<string, IdempotencyKey>();
  #stopped = false;

  get paid(): number {
    return Object.values(this.results).filter((each) => each.ok).length;
  }
  get failed(): number {
    return Object.values(this.results).filter((each) => !each.ok).length;
  }

  /** Those that are not paid yet; what was refused before is tried again. */
  async run(rows: HonorariumRow[], bodyOf: (group: HonorariumRow[]) => BulkPayment): Promise<void> {
    const left = rows.filter((row) => !this.results[row.id]?.ok);
    [this.busy, this.at, this.of, this.#stopped] = [true, 0, left.length, false];
    for (let from = 0; from < left.length && !this.#stopped; from += together) {
      const group = left.slice(from, from + together);
      await this.#pay(group, bodyOf(group));
      this.at += group.length;
    }
    this.busy = false;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #pay(group: HonorariumRow[], body: BulkPayment): Promise<void> {
    const name = group.map((row) => row.id).join();
    const key = this.#keys.get(name) ?? new IdempotencyKey();
    this.#keys.set(name, key);
    try {
      for (const result of await key.use((text) => payHonoraria(body, text)))
        this.results[result.id] = result.ok
          ? { ok: true, code: result.outcome.code }
          : { ok: false, problem: new Problem(result.problem) };
      // Answered: what is tried again is another wish.
      this.#keys.delete(name);
    } catch (error) {
      for (const row of group) this.results[row.id] = { ok: false, problem: asProblem(error) };
    }
  }
}
