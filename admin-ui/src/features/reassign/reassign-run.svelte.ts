/**
 * Moving many sesi: the frozen list, what a dry run says of each, and what became of those that were moved.
 * Everything goes in small parts, so that progress shows and a stop is possible; each sesi is one command under a key of
 * its own, so that a part that is sent again changes nothing twice.
 */
import { SvelteSet } from 'svelte/reactivity';
import { asProblem, type Problem } from '$lib/api/problem';
import { fetchSesiPage } from '$lib/api/sesi';
import { runReassign, tryReassign, type Move } from '$lib/api/substitutes';
import type { BulkResult, ReassignRow, SesiRow } from '$lib/api/types';

const partSize = 20;
const pageSize = 200;
export const mostSesi = 1000;

export type Range = { tutor: string; from: string; until: string };
type Progress = { at: number; of: number };

export class ReassignRun {
  sesi = $state.raw<SesiRow[] | null>(null);
  /** More than one page can hold; the first are shown. */
  cut = $state(false);
  tried = $state.raw<Record<string, ReassignRow>>({});
  moved = $state.raw<Record<string, BulkResult>>({});
  readonly chosen = new SvelteSet<string>();
  progress = $state.raw<Progress | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  #stopped = false;
  #turn = 0;
  #key = crypto.randomUUID();

  /** The sesi that can still be moved, in order; nothing of the trial before stays. */
  async load(range: Range): Promise<void> {
    const mine = ++this.#turn;
    this.forget();
    this.sesi = null;
    this.problem = null;
    try {
      const rows: SesiRow[] = [];
      let cursor: string | undefined;
      let total = 0;
      do {
        const filter = { state: 'REQUESTED,APPROVED', tutor_id: range.tutor, from: range.from, until: range.until };
        const one = await fetchSesiPage({ filter, sort: 'starts_at', limit: pageSize, cursor });
        rows.push(...one.items);
        total = one.total;
        cursor = one.next_cursor ?? undefined;
      } while (cursor && rows.length < mostSesi);
      if (mine !== this.#turn) return;
      this.sesi = rows;
      this.cut = total > rows.length;
    } catch (error) {
      if (mine === this.#turn) this.problem = asProblem(error);
    }
  }

  /** Another target: what was tried before says nothing about it. */
  forget(): void {
    this.tried = {};
    this.moved = {};
    this.chosen.clear();
    this.#key = crypto.randomUUID();
  }

  get tryingDone(): boolean {
    return Object.keys(this.tried).length > 0 && !this.busy;
  }

  /** Whether some could go but for the Slots of the new tutor. */
  get outsideSlots(): boolean {
    return Object.values(this.tried).some(
      (row) => row.problem?.code === 'outside_slots' || row.warnings.some(isOutside)
    );
  }

  async try(move: Move): Promise<void> {
    this.forget();
    const ids = (this.sesi ?? []).map((row) => row.id);
    await this.#inParts(ids, async (part) => {
      const rows = await tryReassign(part, move);
      this.tried = { ...this.tried, ...byId(rows) };
      for (const row of rows) if (row.ok && row.conflicts.length === 0) this.chosen.add(row.id);
    });
  }

  async run(words: { tutor_id?: string; reason: string; outside_slots_reason?: string }): Promise<void> {
    const rows = [...this.chosen].map((id) => this.tried[id]).filter((row) => row?.ok && !this.moved[row.id]?.ok);
    await this.#inParts(
      rows.map((row) => row!.id),
      async (part) => {
        const items = part.map((id) => {
          const { command, starts_at, outcome } = this.tried[id]!;
          return { id, command: command!, starts_at, expected_outcome: outcome };
        });
        const results = await runReassign(items, words, this.#key);
        this.moved = { ...this.moved, ...byId(results) };
        for (const result of results) if (result.ok) this.chosen.delete(result.id);
      }
    );
    // Whoever tries again what was refused gives a new command.
    if (!this.problem) this.#key = crypto.randomUUID();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #inParts(ids: string[], work: (part: string[]) => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.#stopped = false;
    this.problem = null;
    try {
      for (let at = 0; at < ids.length && !this.#stopped; at += partSize) {
        this.progress = { at, of: ids.length };
        await work(ids.slice(at, at + partSize));
      }
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.progress = null;
      this.busy = false;
    }
  }
}

const isOutside = (warning: { code: string }) => warning.code === 'outside_slots';
const byId = <T extends { id: string }>(rows: T[]): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [row.id, row]));
