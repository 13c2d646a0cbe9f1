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

export type BulkProgress = { at: number; of: number };

/** How many go to the server at once: often enough to show how far it is, and to stop. */
const bulkAtMost = 100;

export class InboxActions {
  busy = $state(false);
  summary = $state.raw<BulkSummary | null>(null);
  /** How far a bulk action is that needs several requests. */
  progress = $state.raw<BulkProgress | null>(null);
  #stopping = false;
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
    if (!tasks.length || this.busy) return;
    this.busy = true;
    this.#stopping = false;
    this.failures.clear();
    this.summary = null;
    let [done, failed] = [0, 0];
    try {
      for (let at = 0; at < tasks.length && !this.#stopping; at += bulkAtMost) {
        if (tasks.length > bulkAtMost) this.progress = { at, of: tasks.length };
        const results = await this.#decideTogether(tasks.slice(at, at + bulkAtMost), command, body);
        const refused = results.filter((ok) => !ok).length;
        failed += refused;
        done += results.length - refused;
      }
    } catch (error) {
      showToast({ tone: 'bad', text: problemText(asProblem(error)) });
    } finally {
      if (done || failed) this.summary = { command: command.name, done, failed };
      this.progress = null;
      this.busy = false;
    }
    void this.refresh();
  }

  /** Stops a bulk action after the request that is under way; what is left stays selected. */
  stop(): void {
    this.#stopping = true;
  }

  /** One request of a bulk action; tells of each task whether it happened. */
  async #decideTogether(tasks: Task[], command: CommandDefinition, body: Record<string, Json>): Promise<boolean[]> {
    const ids = tasks.flatMap((task) => task.instance_id ?? []);
    const key = this.#keyFor(`${command.name}:${tasks.map((task) => `${task.id}@${task.revision}`).join()}`);
    const workflow = tasks[0]?.workflow ?? '';
    const results = await key.use((value) => runBulk(workflow, command.name, ids, body, value));
    for (const result of results) {
      const task = tasks.find((each) => each.instance_id === result.id);
      if (!task) continue;
      if (result.ok) {
        this.gone.set(task.id, true);
        this.selected.delete(task.id);
      } else this.failures.set(task.id, new Problem(result.problem));
    }
    return results.map((result) => result.ok);
  }
}
