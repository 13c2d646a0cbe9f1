/** What people type into a typed cell, and what is sent. What is no number stays text: the server names the fault. Pure. */
import type { Json, PolicyField } from '$lib/api/types';
import { toInteger } from '../workflow/form';

export function toCell(field: PolicyField, text: string): Json {
  const typed = text.trim();
  if (typed === '') return null;
  if (field.shape === 'BOOLEAN') return typed === 'true';
  if (field.shape === 'CHOICE') return typed;
  return toInteger(typed) ?? typed;
}

export const fromCell = (value: Json | undefined): string =>
  value === null || value === undefined ? '' : String(value);

/** The values of a form as an object, without those left empty that may be. */
export function toObject(fields: PolicyField[], values: Record<string, Json>): Record<string, Json> {
  const given = fields.filter((field) => !field.optional || (values[field.name] ?? null) !== null);
  return Object.fromEntries(given.map((field) => [field.name, values[field.name] ?? null]));
}

/** What an empty form begins with: a choice or a switch has no empty state, a number has. */
export function emptyValues(fields: PolicyField[]): Record<string, Json> {
  return Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]));
}

function emptyValue(field: PolicyField): Json {
  if (field.shape === 'CHOICE') return field.choices[0] ?? null;
  return field.shape === 'BOOLEAN' ? false : null;
}

/** A new row below the others: the last one, its threshold still to be given. */
export function nextRow(fields: PolicyField[], rows: Record<string, Json>[]): Record<string, Json> {
  const last = rows.at(-1) ?? emptyValues(fields);
  return { ...last, [fields[0]!.name]: null };
}
