/** What was typed into the matrix and not saved yet: cells of any page, each with the price it was typed over. */
import { SvelteMap } from 'svelte/reactivity';
import type { PriceCellKey } from '$lib/api/prices';
import type { FieldError, Price, PriceEdit } from '$lib/api/types';
import { parseAmount } from '$lib/ui/grid/amount';
import { Steps } from '$lib/ui/grid/steps';

/** What somebody else has put there meanwhile. */
export type Theirs = { id: string | null; amount_rp: number | null; by: string | null; at: string | null };
export type Seen = Pick<Price, 'id' | 'amount_rp'> | null;
export type Unsaved = {
  cell: PriceCellKey;
  seen: Seen;
  /** Null takes the price away. */
  amount: number | null;
  /** What could not be read, and why. */
  text?: string;
  wrong?: string;
  theirs?: Theirs;
};
type Change = { key: string; before: Unsaved | undefined; after: Unsaved | undefined };

export const cellId = (cell: PriceCellKey): string =>
  [
    cell.audience,
    cell.subject_id,
    cell.subject_level_id ?? '',
    cell.tingkat_id,
    cell.segmentasi_id,
    cell.golongan_id ?? ''
  ].join('|');

export class UnsavedPrices {
  readonly entries = new SvelteMap<string, Unsaved>();
  readonly #steps = new Steps<Change[]>();
  #step = $state(0);

  get all(): Unsaved[] {
    return [...this.entries.values()];
  }
  get size(): number {
    return this.entries.size;
  }
  get wrong(): Unsaved[] {
    return this.all.filter((entry) => entry.wrong);
  }
  get clashes(): Unsaved[] {
    return this.all.filter((entry) => entry.theirs);
  }
  get canUndo(): boolean {
    return this.#step >= 0 && this.#steps.canUndo;
  }
  get canRedo(): boolean {
    return this.#step >= 0 && this.#steps.canRedo;
  }

  of(cell: PriceCellKey): Unsaved | undefined {
    return this.entries.get(cellId(cell));
  }

  /** Takes typed texts, one undo step for all of them. */
  write(typed: { cell: PriceCellKey; seen: Seen; text: string }[]): void {
    const changes = typed.flatMap(({ cell, seen, text }) => {
      const key = cellId(cell);
      const before = this.entries.get(key);
      const after = entryOf(cell, before?.theirs ? before.seen : seen, text, before);
      return same(before, after) ? [] : [{ key, before, after }];
    });
    if (!changes.length) return;
    for (const { key, after } of changes) this.#put(key, after);
    this.#steps.push(changes);
    this.#step += 1;
  }

  undo(): boolean {
    return this.#walk(this.#steps.undo(), ({ before }) => before);
  }
  redo(): boolean {
    return this.#walk(this.#steps.redo(), ({ after }) => after);
  }

  #walk(changes: Change[] | undefined, pick: (change: Change) => Unsaved | undefined): boolean {
    for (const change of changes ?? []) this.#put(change.key, pick(change));
    this.#step += 1;
    return changes !== undefined;
  }

  #put(key: string, entry: Unsaved | undefined): void {
    if (entry) this.entries.set(key, entry);
    else this.entries.delete(key);
  }

  /** Notes what others have saved in cells of the last request, told by its 409. */
  clash(sent: Unsaved[], faults: FieldError[]): void {
    for (const { field, params } of faults) {
      const entry = sent[Number(/^cells\[(\d+)\]$/.exec(field)?.[1] ?? NaN)];
      if (!entry) continue;
      const theirs = { id: params.price_id, amount_rp: params.amount_rp, by: params.by, at: params.at } as Theirs;
      // Our own save whose answer was lost, or the same thought twice: nothing is left to do.
      if (theirs.amount_rp === entry.amount) this.entries.delete(cellId(entry.cell));
      else this.entries.set(cellId(entry.cell), { ...entry, theirs });
    }
    this.forgetSteps();
  }

  /** Mine goes over theirs with the next save. */
  keepMine(entry: Unsaved): void {
    const { theirs, ...mine } = entry;
    const seen = theirs?.id ? { id: theirs.id, amount_rp: theirs.amount_rp ?? 0 } : null;
    this.entries.set(cellId(entry.cell), { ...mine, seen });
    this.forgetSteps();
  }
  takeTheirs(entry: Unsaved): void {
    this.entries.delete(cellId(entry.cell));
    this.forgetSteps();
  }

  /** Undoing must not bring back what others have changed. */
  forgetSteps(): void {
    this.#steps.clear();
    this.#step += 1;
  }

  /** These are saved; what was typed into them meanwhile stays. */
  settle(saved: Unsaved[]): void {
    for (const entry of saved) {
      const key = cellId(entry.cell);
      if (this.entries.get(key) === entry) this.entries.delete(key);
    }
    this.forgetSteps();
  }

  clear(): void {
    this.entries.clear();
    this.forgetSteps();
  }

  /** What is sent; the place of each cell is that of its entry in `all`. */
  edit(tahunAjaranId: string, effectiveFrom: string, reason: string): PriceEdit {
    const cells = this.all.map(({ cell: { audience: _, ...cell }, seen, amount }) => ({
      ...cell,
      seen_id: seen?.id ?? null,
      amount_rp: amount
    }));
    return { tahun_ajaran_id: tahunAjaranId, effective_from: effectiveFrom, reason: reason.trim() || null, cells };
  }

  /** The new amounts as a list of cells: what a backtest of prices takes. */
  get proposed(): (PriceCellKey & { amount_rp: number })[] {
    return this.all.flatMap(({ cell, amount, wrong }) =>
      amount === null || wrong ? [] : [{ ...cell, amount_rp: amount }]
    );
  }
}

function entryOf(cell: PriceCellKey, seen: Seen, text: string, before: Unsaved | undefined): Unsaved | undefined {
  const read = parseAmount(text);
  const theirs = before?.theirs && { theirs: before.theirs };
  if (read.kind === 'wrong') {
    return { cell, seen, amount: seen?.amount_rp ?? null, text: text.trim(), wrong: read.code, ...theirs };
  }
  const amount = read.kind === 'amount' ? read.rp : null;
  return amount === (seen?.amount_rp ?? null) ? undefined : { cell, seen, amount, ...theirs };
}

const same = (one: Unsaved | undefined, other: Unsaved | undefined): boolean =>
  one?.amount === other?.amount && one?.text === other?.text && !one === !other;
