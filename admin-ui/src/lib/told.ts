/** Texts about people as the server gives them back: the text, or the mark that nobody can read it any more. */
import { t } from '$lib/i18n/i18n.svelte';

export type Told = string | { $erased: boolean };

export const isErased = (value: unknown): value is { $erased: boolean } =>
  typeof value === 'object' && value !== null && '$erased' in value;

export const toldText = (told: Told): string => (isErased(told) ? t('app.erased') : told);
