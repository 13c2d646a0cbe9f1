/** From an entity of the audit to its trail, and to its own page when it has one the person may open. */
import { href } from '$lib/router/match';
import { can } from '$lib/session/session.svelte';
import { kindOfWorkflow, pageOf } from '../corrections/kinds';

export const trailOf = (type: string, id: string): string => href('/audit/:type/:id', { type, id });

export function ownPage(type: string, id: string): string | null {
  if (type === 'sesi') return href('/sesi/:id', { id });
  if (type === 'user' && can('user.read')) return href('/users/:id', { id });
  if (type === 'tutor' && can('tutor.read')) return href('/tutor/:id', { id });
  if (type === 'siswa' && can('siswa.read')) return href('/siswa/:id', { id });
  if (type === 'role' && can('role.read')) return href('/roles');
  if (type === 'override' && can('explain.read')) return href('/overrides/:id', { id });
  if (type === 'fm_claim' && can('fm.read')) return href('/fm/:id', { id });
  if (type === 'strike' && can('hr.read')) return href('/strikes/:id', { id });
  if (type === 'denda' && can('hr.read')) return href('/denda/:id', { id });
  if (type === 'suspension' && can('hr.read')) return href('/suspensions/:id', { id });
  if (type === 'reactivation' && can('hr.read')) return href('/reactivations/:id', { id });
  if (type === 'termination' && can('hr.read')) return href('/terminations/:id', { id });
  if (type === 'tagihan' && can('tagihan.read')) return href('/tagihan/:id', { id });
  if (type === 'billing_run' && can('billing.read')) return href('/billing/:id', { id });
  if (type === 'honorarium' && can('honorarium.read')) return href('/honorarium/:id', { id });
  if (type === 'payment' && can('payment.read')) return href('/payments/:id', { id });
  const correction = kindOfWorkflow(type);
  if (correction && can('correction.read')) return pageOf(correction, id);
  if (['period_close', 'period_reopening'].includes(type) && can('period.read'))
    return href('/period-cases/:workflow/:id', { workflow: type, id });
  if (type === 'erasure' && can('person.erase.request')) return href('/erasures/:id', { id });
  if (type === 'policy_publication' && can('policy.read')) return href('/publications/:id', { id });
  if (type === 'notification' && can('notification.read')) return href('/notifications/:id', { id });
  if (type === 'template' && can('template.read')) return href('/templates');
  if (type === 'backtest' && can('policy.read')) return href('/backtests/:id', { id });
  if (type === 'setting' && can('config.read')) return href('/settings');
  if (type === 'office') return href('/offices');
  if (type === 'subject') return `${href('/catalog')}?subject=${id}`;
  if (['tingkat', 'segmentasi', 'kategori', 'golongan'].includes(type)) return `${href('/catalog')}?tab=${type}`;
  if (['price', 'tahun_ajaran'].includes(type) && can('price.read')) return href('/prices');
  if (type === 'job' && can('job.read')) return href('/jobs');
  return null;
}
