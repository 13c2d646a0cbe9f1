/** What was done, in words: the event of its workflow, else the audit's word for it, else the command. */
import { hasText, t, td, tOpen } from '$lib/i18n/i18n.svelte';

export function eventText(type: string, verb: string): string {
  const known = [`event.${type}.${verb}`, `audit_action.${type}.${verb}`, `command.${type}.${verb}`].find(hasText);
  if (known) return td(known);
  const refused = verb.match(/^(.+)\.refused$/);
  if (refused) return t('casefile.refused', { event: eventText(type, refused[1]!) });
  return `${tOpen('entity', type)} · ${verb}`;
}
