/** Who is chosen in a broadcast, and logging that they were reminded. One per page. */
import { useQueryClient } from '@tanstack/svelte-query';
import { SvelteSet } from 'svelte/reactivity';
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem } from '$lib/api/problem';
import { logReminders, type ReminderKind } from '$lib/api/reminders';
import { count } from '$lib/format/money';
import { t } from '$lib/i18n/i18n.svelte';
import { problemText } from '$lib/problem-text';
import { showToast } from '$lib/ui/toast.svelte';

export class Broadcast {
  readonly chosen = new SvelteSet<string>();
  busy = $state(false);
  readonly #key = new IdempotencyKey();
  readonly #kind: ReminderKind;
  readonly #client = useQueryClient();

  constructor(kind: ReminderKind) {
    this.#kind = kind;
  }

  /** Whoever is logged is no longer chosen; after a refusal the choice stays. */
  async log(): Promise<void> {
    const parties = [...this.chosen];
    if (this.busy || parties.length === 0) return;
    this.busy = true;
    try {
      const outcome = await this.#key.use((key) => logReminders(this.#kind, parties, key));
      this.chosen.clear();
      showToast({ tone: 'ok', text: t('reminder.logged', { n: count(parties.length), code: outcome.code }) });
      await this.#client.invalidateQueries({ queryKey: ['reminders'] });
    } catch (error) {
      showToast({ tone: 'bad', text: problemText(asProblem(error)) });
    } finally {
      this.busy = false;
    }
  }
}
