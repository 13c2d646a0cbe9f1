/** Codes of the server to sentences: problems, field errors, warnings, and why a command is not offered. */
import type { FieldError, Json, Warning, WhyNot } from '$lib/api/types';
import type { Problem } from '$lib/api/problem';
import { hasText, t, td, tOpen, type Args } from '$lib/i18n/i18n.svelte';
import { at, dateOnly } from '$lib/format/local.svelte';
import { count, rupiah } from '$lib/format/money';

/** Parameters made readable: states and dimensions in words, instants in the operating zone. */
function readable(params: Record<string, Json> = {}): Args {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, readableValue(name, value)]));
}

const kindsOfState = ['sesi', 'user', 'fm_claim', 'denda', 'strike', 'suspension', 'termination', 'reactivation'];

/** A state whose kind is not told; they are called alike wherever they are written alike. */
export function stateText(state: string): string {
  const kind = kindsOfState.find((each) => hasText(`state.${each}.${state}`));
  return tOpen(`state.${kind ?? 'sesi'}`, state);
}

function readableValue(name: string, value: Json): string {
  if (value === null) return '–';
  if (Array.isArray(value)) return value.map((item) => readableValue(name, item)).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  if (name.endsWith('_rp') && typeof value === 'number') return rupiah(value);
  const text = String(value);
  if (name === 'state' || name === 'states') return stateText(text);
  if (name === 'missing') return tOpen('permission', text);
  if (name === 'allowed') return tOpen('command.sesi', text);
  if (name === 'max_bytes') return `${Math.round(Number(value) / 1024 / 1024)} MB`;
  if ((name === 'min' || name === 'max') && typeof value === 'number') return count(value);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return at(text);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return dateOnly(text);
  return tOpen('choice', text);
}

function sentence(prefix: string, code: string, params?: Record<string, Json>): string {
  const key = `${prefix}.${code}`;
  if (!hasText(key)) return t('error.unknown_code', { code });
  return td(key, readable(params)).replaceAll(' · –', ''); // a dimension that plays no part
}

function allowedText(params: Record<string, Json>): string {
  return Array.isArray(params.allowed) && params.allowed.length === 0 ? 'error.not_allowed_final' : 'error.not_allowed';
}

export function problemText(problem: Problem): string {
  if (problem.code === 'not_allowed') return td(allowedText(problem.params), readable(problem.params));
  return sentence('error', problem.code, problem.params);
}

/** A business refusal stands at its field under its own code, with its parameters beside the field. */
export function fieldErrorText(error: FieldError, problemParams: Record<string, Json> = {}): string {
  const params = { ...problemParams, ...error.params };
  const code = error.code === 'out_of_range' ? rangeCode(params) : error.code;
  return sentence(hasText(`field_error.${code}`) ? 'field_error' : 'error', code, params);
}

/** A range that is open on one side has but one limit to name. */
function rangeCode({ min, max }: Record<string, Json>): string {
  if (max === null) return 'at_least';
  return min === null ? 'at_most' : 'out_of_range';
}

/** Why somebody cannot stand in: the short form of the refusal they would get. */
export const exclusionText = (reason: Warning): string => sentence('exclusion', reason.code, reason.params);
export const warningText = (warning: Warning): string => sentence('warning', warning.code, warning.params);
export const whyNotText = (why: WhyNot): string => sentence('why_not', why.code, why.params);
