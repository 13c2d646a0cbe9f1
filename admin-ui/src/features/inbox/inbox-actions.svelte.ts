/** What the inbox does to tasks: one at a time or many, with the reason of every row that failed kept beside it. */
import { SvelteMap, type SvelteSet } from 'svelte/reactivity';
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, Problem } from '$lib/api/problem';
import type { CommandDefinition, Json, Task } from '$lib/api/types';
import { runBulk, runCommand } from '$lib/api/workflows';
import { t } from '$lib/i18n/i18n.svelte';
import { problemText } from '$lib/problem-text';
import { showToast } from '$lib/ui/toast.svelte';
import { placeOf } from './decision';

export type BulkSummary = { command: string; done: number; failed: number };

/** The server takes at most this many at once. */
const bulkAtMost = 200;

export class InboxActions {
  busy = $state(false);
  summary = $state.raw<BulkSummary | null>(null);
  /** Why a row failed, by task id. */
  readonly failures = new SvelteMap<string, Problem>();
  /** Decided just now: out of the list at once, before the server's next answer. */
  readonly gone = new SvelteMap<string, true>();
  readonly #keys = new Map<string, IdempotencyKey>();

  constructor(
    readonly selected: SvelteSet<string>,
    readonly refresh: () => Promise<void>
  ) {}

  #keyFor(name: string): IdempotencyKey {
    const key = this.#keys.get(name) ?? new IdempotencyKey();
    this.#keys.set(name, key);
    return key;
  }

  /** Runs a command that needs no input. True when it happened. */
  async decide(task: Task, command: CommandDefinition, body: Record<string, Json>): Promise<boolean> {
    const id = task.instance_id;
    if (this.busy || !id) return false;
    this.busy = true;
    this.summary = null;
    try {
      const key = this.#keyFor(`${task.id}:${task.revision}:${command.name}`);
      await key.use((value) => runCommand(task.workflow, id, command.name, body, value));
      this.settle(task, command.name);
      return true;
    } catch (error) {
      this.failures.set(task.id, asProblem(error));
      showToast({ tone: 'bad', text: `${task.code}: ${problemText(asProblem(error))}` });
      void this.refresh();
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** A task is done: take it out of sight and say so. */
  settle(task: Task, command: string): void {
    this.gone.set(task.id, true);
    this.selected.delete(task.id);
    this.failures.delete(task.id);
    showToast({
      tone: 'ok',
      text: t('inbox.done_one', { what: t(`done.${command}` as 'done.approve'), code: task.code }),
      link: { href: placeOf(task), label: t('app.open') }
    });
    void this.refresh();
  }

  /** Runs one command over many tasks; the failed stay selected with their reason. */
  async decideMany(tasks: Task[], command: CommandDefinition, body: Record<string, Json>): Promise<void> {
    const first = tasks[0];
    if (!first || this.busy) return;
    this.busy = true;
    const chosen = tasks.slice(0, bulkAtMost);
    const ids = chosen.flatMap((task) => task.instance_id ?? []);
    const key = this.#keyFor(`${command.name}:${chosen.map((task) => `${task.id}@${task.revision}`).join()}`);
    try {
      const results = await key.use((value) => runBulk(first.workflow, command.name, ids, body, value));
      this.failures.clear();
      for (const result of results) {
        const task = chosen.find((each) => each.instance_id === result.id);
        if (!task) continue;
        if (result.ok) {
          this.gone.set(task.id, true);
          this.selected.delete(task.id);
        } else this.failures.set(task.id, new Problem(result.problem));
      }
      const failed = results.filter((result) => !result.ok).length;
      this.summary = { command: command.name, done: results.length - failed, failed };
    } catch (error) {
      showToast({ tone: 'bad', text: problemText(asProblem(error)) });
    } finally {
      this.busy = false;
    }
    void this.refresh();
  }
}
