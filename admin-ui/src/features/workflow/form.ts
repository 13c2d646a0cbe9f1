/**
 * A form made from a command's definition: first values, and the body to send. Pure.
 * What people type stays text until it is sent, so nothing typed is ever lost to a failed conversion.
 */
import type { CommandDefinition, Field, Json, Place, Warning } from '$lib/api/types';
import { instantToWall, wallToInstant } from '$lib/format/zone';

export type FormValue = string | boolean | Place | null;
export type FormValues = Record<string, FormValue>;
export type Defaults = Record<string, Json | undefined>;

export const REASON = 'reason';

/** Commands that send only what differs from the present values; all others send whatever is filled in. */
const sendsOnlyChanges = new Set(['edit']);

export function reasonField(command: CommandDefinition): Field | null {
  if (command.reason === 'NONE') return null;
  return { name: REASON, kind: 'LONG_TEXT', required: command.reason === 'REQUIRED', max_length: 500 };
}

/** All inputs of the dialog in reading order: the command's own first, the reason last. */
export function fieldsOf(command: CommandDefinition): Field[] {
  const reason = reasonField(command);
  return reason ? [...command.form, reason] : command.form;
}

/** Fields that the server wants only after a warning: out of the way until the preview gives it. */
export const onlyAfterWarning: Record<string, string> = { outside_slots_reason: 'outside_slots' };

/** True when a warning of the preview calls for one of them. */
export function wantsWords(command: CommandDefinition, warnings: Warning[]): boolean {
  return command.form.some((field) => warnings.some((warning) => warning.code === onlyAfterWarning[field.name]));
}

/** Stands in for words nobody has typed yet. */
const wordsToCome = '–';

/** What a preview asks with: forced words stand in until they are typed, so that people see the effect first and then write why. */
export function previewBody(command: CommandDefinition, body: Record<string, Json> = {}): Record<string, Json> {
  const forced = command.form.map((field) => field.name).filter((name) => name in onlyAfterWarning);
  if (command.reason === 'REQUIRED') forced.push(REASON);
  return { ...Object.fromEntries(forced.map((name) => [name, wordsToCome])), ...body };
}

/** The inputs of its own that a command always shows. */
export function ownFields(command: CommandDefinition): Field[] {
  return command.form.filter((field) => !(field.name in onlyAfterWarning));
}

/** The chosen subject, for a field that points to one of its levels. Null when the form asks for no subject. */
export function subjectOf(fields: Field[], values: FormValues): string | null {
  const subject = fields.find((field) => field.reference === 'subject');
  return subject ? String(values[subject.name] ?? '') : null;
}

/** Sets one value; another subject has other levels, so its level is to be chosen anew. */
export function change(fields: Field[], values: FormValues, field: Field, value: FormValue): void {
  const another = field.reference === 'subject' && values[field.name] !== value;
  values[field.name] = value;
  if (!another) return;
  for (const each of fields) if (each.reference === 'subject_level') values[each.name] = '';
}

/** True when a person should see the form first; false when one key press may run the command. */
export function needsInput(command: CommandDefinition): boolean {
  return command.reason === 'REQUIRED' || ownFields(command).length > 0;
}

function firstValue(field: Field, value: Json | undefined, zone: string): FormValue {
  if (value === undefined || value === null)
    return field.kind === 'BOOLEAN' ? false : field.kind === 'PLACE' ? null : '';
  if (field.kind === 'BOOLEAN') return value === true;
  if (field.kind === 'PLACE') return value as unknown as Place;
  if (field.kind === 'INSTANT') return instantToWall(String(value), zone);
  return String(value);
}

/**
 * True when the form should say that a field may stay empty. A field that shows a present value may be left alone
 * anyway, and a form that sends only changes is made of such fields: the word would stand everywhere and say nothing.
 */
export function marksOptional(command: CommandDefinition, field: Field, defaults: Defaults): boolean {
  if (field.required || field.kind === 'BOOLEAN') return false;
  if (field.name === REASON) return true;
  return !sendsOnlyChanges.has(command.name) && (defaults[field.name] ?? null) === null;
}

export function firstValues(fields: Field[], defaults: Defaults, zone: string): FormValues {
  return Object.fromEntries(fields.map((field) => [field.name, firstValue(field, defaults[field.name], zone)]));
}

/** One value as the API wants it; undefined when it is empty. A number that is none is sent as typed: the server names the fault. */
export function toJson(field: Field, value: FormValue, zone: string): Json | undefined {
  if (value === null || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return value as unknown as Json;
  const text = value.trim();
  if (text === '') return undefined;
  if (field.kind === 'INSTANT') return wallToInstant(text, zone) ?? text;
  if (field.kind === 'INTEGER' || field.kind === 'MONEY') return toInteger(text) ?? text;
  return text;
}

/** `150.000`, `Rp150.000` and `150000` are the same number of rupiah. */
export function toInteger(text: string): number | null {
  const digits = text.replace(/^Rp/i, '').replace(/[.\s]/g, '');
  return /^-?\d{1,15}$/.test(digits) ? Number(digits) : null;
}

export function toBody(
  command: CommandDefinition,
  values: FormValues,
  defaults: Defaults,
  zone: string
): Record<string, Json> {
  const body: Record<string, Json> = {};
  const fields = fieldsOf(command);
  const before = firstValues(fields, defaults, zone);
  for (const field of fields) {
    const value = values[field.name] ?? null;
    const same = JSON.stringify(value) === JSON.stringify(before[field.name]);
    if (sendsOnlyChanges.has(command.name) && same) continue;
    const json = toJson(field, value, zone);
    if (json !== undefined) body[field.name] = json;
  }
  return body;
}
