/** A guarded thing as people read it: `sesi: approve` and `sesi: task approve` in the words of their workflow, a route as it is. */
import { t, tOpen } from '$lib/i18n/i18n.svelte';

export type Guard = { text: string; route: boolean };

export function guardOf(guard: string): Guard {
  const [, workflow, task, name] = /^(\w+): (task )?(\w+)$/.exec(guard) ?? [];
  if (!workflow || !name) return { text: guard, route: true };
  const entity = tOpen('entity', workflow);
  if (task) return { text: t('roles.guard_task', { entity, name: tOpen(`task.${workflow}`, name) }), route: false };
  return { text: `${entity}: ${tOpen(`command.${workflow}`, name)}`, route: false };
}
