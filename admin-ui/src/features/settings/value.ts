/** The value of a setting with its unit. */
import { count, rupiah } from '$lib/format/money';
import { t } from '$lib/i18n/i18n.svelte';
import { unitOf } from './groups';

export function shown(key: string, value: number): string {
  const unit = unitOf(key);
  if (unit === 'rp') return rupiah(value);
  return unit === 'count' ? count(value) : `${count(value)} ${t(`settings.unit_${unit}`)}`;
}
