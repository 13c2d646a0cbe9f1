/** What an action of the audit is called; one that was refused and recorded is told as that. */
import { hasText, t, tOpen } from '$lib/i18n/i18n.svelte';

const refused = '.refused';

export function actionText(action: string): string {
  if (!action.endsWith(refused) || hasText(`audit_action.${action}`)) return tOpen('audit_action', action);
  return t('audit.refused', { what: tOpen('audit_action', action.slice(0, -refused.length)) });
}
