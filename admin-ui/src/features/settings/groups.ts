/** How settings are put together on their page, and how their values read; pure. A key's end is its unit. */
import type { SettingNow } from '$lib/api/types';

export type Unit = 'minutes' | 'hours' | 'days' | 'rp' | 'count';
export type Group = 'sesi' | 'cancellation' | 'strike' | 'force_majeure' | 'money' | 'session' | 'other';

const order: Group[] = ['sesi', 'cancellation', 'strike', 'force_majeure', 'money', 'session', 'other'];

export function unitOf(key: string): Unit {
  const end = key.slice(key.lastIndexOf('_') + 1);
  return end === 'minutes' || end === 'hours' || end === 'days' || end === 'rp' ? end : 'count';
}

export function groupOf(key: string): Group {
  if (key.startsWith('session.')) return 'session';
  if (key === 'sla.fm_review_hours') return 'force_majeure';
  if (key.startsWith('sla.') || key.startsWith('session_')) return 'sesi';
  if (key.startsWith('tutor_cancel.') || key.startsWith('siswa_cancel.')) return 'cancellation';
  if (key.startsWith('strike')) return 'strike';
  if (key.startsWith('force_majeure.')) return 'force_majeure';
  if (key.startsWith('billing.')) return 'money';
  return unitOf(key) === 'rp' ? 'money' : 'other';
}

export function grouped(settings: SettingNow[]): { group: Group; settings: SettingNow[] }[] {
  return order
    .map((group) => ({ group, settings: settings.filter((setting) => groupOf(setting.key) === group) }))
    .filter(({ settings }) => settings.length > 0);
}

/** Few choices are offered side by side. */
export const choices = ({ least, most }: SettingNow): number[] =>
  most - least < 4 ? Array.from({ length: most - least + 1 }, (_, index) => least + index) : [];

/** What was typed as a whole number; dots may group it, as in amounts. Anything else goes to the server as it is. */
export function typed(text: string): number | string {
  const plain = text.trim().replace(/^rp\s*/i, '');
  const digits = /^-?\d{1,3}(\.\d{3})+$/.test(plain) ? plain.replaceAll('.', '') : plain;
  return /^-?\d+$/.test(digits) ? Number(digits) : text;
}
