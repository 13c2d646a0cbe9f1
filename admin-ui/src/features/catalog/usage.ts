/** What depends on a row, in a few words. */
import type { Usage } from '$lib/api/types';
import { count } from '$lib/format/money';
import { t } from '$lib/i18n/i18n.svelte';

const parts = ['siswa', 'tutor', 'subjects', 'prices', 'sesi'] as const;

export function usageText(usage: Usage): string {
  const used = parts.filter((part) => usage[part] > 0);
  return used.map((part) => t(`catalog.usage_${part}`, { n: count(usage[part]) })).join(' · ');
}
