/** A raw value of the record as people read it, judged by its field's name: money, instants, spans, codes. */
import type { Json } from '$lib/api/types';
import { at, span } from '$lib/format/local.svelte';
import { count, rupiah } from '$lib/format/money';
import { hasText, t, tOpen } from '$lib/i18n/i18n.svelte';
import { stateText } from '$lib/problem-text';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

export const fieldLabel = (name: string): string => tOpen('field', name);

function numberText(name: string, value: number): string {
  if (name.endsWith('_rp') || name === 'rp') return rupiah(value);
  if (name.endsWith('_s')) return span(value);
  if (name.endsWith('_minutes')) return t('span.m', { n: value });
  if (name.endsWith('_hours')) return t('span.h', { n: value });
  if (name.endsWith('_pct') || name === 'pct') return `${value}%`;
  if (name.endsWith('_m')) return `${count(value)} m`;
  return Number.isInteger(value) ? count(value) : String(value);
}

function stringText(name: string, value: string, zone?: string): string {
  if (instant.test(value)) return at(value, zone);
  if (uuid.test(value)) return `…${value.slice(-8)}`;
  if (name === 'sha256') return value.slice(0, 12);
  if (name === 'state' || (name === 'status' && !hasText(`choice.${value}`))) return stateText(value);
  if (name === 'permissions') return tOpen('permission', value);
  return tOpen('choice', value);
}

export function valueText(name: string, value: Json | undefined, zone?: string): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? t('app.yes') : t('app.no');
  if (typeof value === 'number') return numberText(name, value);
  if (typeof value === 'string') return stringText(name, value, zone);
  if (Array.isArray(value)) return value.map((item) => valueText(name, item, zone)).join(', ') || '–';
  if ('$erased' in value) return t('app.erased');
  if (typeof value.address === 'string') return value.address;
  if (typeof value.name === 'string') return value.name;
  return Object.entries(value)
    .map(([key, item]) => `${fieldLabel(key)}: ${valueText(key, item, zone)}`)
    .join('; ');
}
