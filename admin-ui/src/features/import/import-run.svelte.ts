/** A file on its way in: tried, mended cell by cell, tried again, imported. Nothing typed is lost by a refusal. */
import { sendImport } from '$lib/api/imports';
import { asProblem, Problem } from '$lib/api/problem';
import type { ImportAnswer, ImportFault } from '$lib/api/types';
import { Faults, forSpreadsheet, widest, written, type Row } from './sheet';

export type Place = { row: number; column: number };
type Undo = { row: number; before: Row };
type Step = 'choose' | 'mend' | 'done';

export class ImportRun {
  step = $state<Step>('choose');
  /** What is going on: sending (with its share) or waiting for the server. */
  busy = $state<'check' | 'import' | null>(null);
  sent = $state(0);
  problem = $state.raw<Problem | null>(null);

  fileName = $state('');
  columns = $state.raw<string[]>([]);
  rows = $state.raw<Row[]>([]);
  report = $state.raw<ImportAnswer | null>(null);
  faults = $state.raw(new Faults([], [], []));
  warnings = $state.raw(new Faults([], [], []));
  /** Cells changed since the last check, as `row:column`. */
  changed = $state.raw<ReadonlySet<string>>(new Set());
  /** What the last import wrote. */
  result = $state.raw<ImportAnswer | null>(null);
  #undo: Undo[] = [];
  #redo: Undo[] = [];
  #everChanged = $state(false);

  readonly width = $derived(widest(this.columns, this.rows));
  readonly badCount = $derived(this.faults.bad.length);
  readonly goodCount = $derived(this.rows.length - this.badCount);
  readonly dirty = $derived(this.step === 'mend' && this.#everChanged);

  constructor(readonly kind: string) {}

  /** Takes a file as it is and tries it. */
  async open(file: File, mostBytes: number): Promise<void> {
    if (file.size > mostBytes) {
      this.problem = new Problem({ status: 413, code: 'too_large', params: { max_bytes: mostBytes } });
      return;
    }
    const answer = await this.#send('check', file, { dry_run: true, rows: true, file: file.name });
    if (!answer?.sheet) return;
    this.fileName = file.name;
    this.columns = answer.sheet.columns;
    this.rows = answer.sheet.rows.map(({ line, cells }) => ({ line, cells, touched: false }));
    this.#undo = [];
    this.#redo = [];
    this.#everChanged = false;
    this.#take(answer);
    this.step = 'mend';
  }

  set({ row, column }: Place, text: string): void {
    const before = this.rows[row];
    if (!before) return;
    const cells = [...before.cells];
    while (cells.length <= column) cells.push('');
    if (cells[column] === text && before.touched) return;
    cells[column] = text;
    this.#undo.push({ row, before });
    this.#redo = [];
    this.#put(row, { ...before, cells, touched: true });
    this.changed = new Set(this.changed).add(`${row}:${column}`);
    this.#everChanged = true;
  }

  /** The row that was put back, if any. */
  undo(from: Undo[] = this.#undo, to: Undo[] = this.#redo): number | undefined {
    const last = from.pop();
    if (!last) return undefined;
    to.push({ row: last.row, before: this.rows[last.row]! });
    this.#put(last.row, last.before);
    return last.row;
  }
  redo(): number | undefined {
    return this.undo(this.#redo, this.#undo);
  }

  #put(row: number, value: Row): void {
    const rows = [...this.rows];
    rows[row] = value;
    this.rows = rows;
  }

  /** Tries the rows as they are now. */
  async check(): Promise<void> {
    const { file, rows } = this.#file();
    const answer = await this.#send('check', file, { dry_run: true, file: this.fileName });
    if (!answer) return;
    this.rows = rows;
    this.#take(answer);
  }

  /** Imports all rows, or those without errors; the others stay to be mended. */
  async import(onlyValid: boolean): Promise<void> {
    const { file, rows } = this.#file();
    const answer = await this.#send('import', file, { only_valid: onlyValid, file: this.fileName });
    if (!answer) return;
    this.rows = rows;
    this.#take(answer);
    if (!answer.written) return;
    this.result = answer;
    this.step = 'done';
  }

  /** Back to the rows that stayed out. */
  goOn(): void {
    const bad = this.faults.bad.map((index) => this.rows[index]!);
    this.rows = bad;
    const report = this.report!;
    this.faults = new Faults(bad, report.errors, report.failed_lines);
    this.warnings = new Faults([], [], []);
    this.report = { ...report, rows: bad.length, created: 0, updated: 0, unchanged: 0 };
    this.#undo = [];
    this.#redo = [];
    this.#everChanged = true;
    this.step = 'mend';
  }

  badRows(): string {
    return forSpreadsheet(
      this.columns,
      this.faults.bad.map((index) => this.rows[index]!)
    );
  }

  /** A cell as it was told to be wrong, unless it has been changed since. */
  faultAt(row: number, column: number): ImportFault | undefined {
    if (this.changed.has(`${row}:${column}`)) return undefined;
    const isSurplus = column >= this.columns.length;
    return isSurplus && !this.rows[row]?.cells[column] ? undefined : this.faults.of(row, this.columns[column]);
  }
  warningAt(row: number, column: number): ImportFault | undefined {
    return this.changed.has(`${row}:${column}`) ? undefined : this.warnings.of(row, this.columns[column]);
  }

  #take(answer: ImportAnswer): void {
    this.report = answer;
    this.faults = new Faults(this.rows, answer.errors, answer.failed_lines);
    this.warnings = new Faults(this.rows, answer.warnings, []);
    this.changed = new Set();
  }

  /** The rows as a file, and the rows with the lines they have in it. */
  #file(): { file: Blob; rows: Row[] } {
    const { text, lines } = written(this.columns, this.rows);
    const rows = this.rows.map((row, index) => ({ ...row, line: lines[index]! }));
    return { file: new Blob([text], { type: 'text/csv' }), rows };
  }

  async #send(what: 'check' | 'import', file: Blob, asked: Parameters<typeof sendImport>[2]) {
    if (this.busy) return undefined;
    this.busy = what;
    this.sent = 0;
    this.problem = null;
    try {
      return await sendImport(this.kind, file, asked, (share) => (this.sent = share));
    } catch (error) {
      this.problem = asProblem(error);
      return undefined;
    } finally {
      this.busy = null;
    }
  }
}
