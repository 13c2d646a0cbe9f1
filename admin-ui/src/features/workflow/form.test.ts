import { describe, expect, test } from 'vitest';
import type { CommandDefinition } from '$lib/api/types';
import {
  change,
  fieldsOf,
  firstValues,
  marksOptional,
  needsInput,
  previewBody,
  subjectOf,
  toBody,
  toInteger,
  wantsWords
} from './form';

const zone = 'Asia/Makassar';
const cancel: CommandDefinition = {
  name: 'cancel',
  permission: 'sesi.cancel',
  by: 'PERSON',
  reason: 'REQUIRED',
  form: [{ name: 'party', kind: 'CHOICE', required: true, choices: ['SISWA', 'TUTOR', 'ADMIN'] }]
};
const edit: CommandDefinition = {
  name: 'edit',
  permission: 'sesi.edit',
  by: 'PERSON',
  reason: 'OPTIONAL',
  form: [
    { name: 'starts_at', kind: 'INSTANT', required: false },
    { name: 'duration_minutes', kind: 'INTEGER', required: false },
    { name: 'mode_surcharge_rp', kind: 'MONEY', required: false }
  ]
};
const start: CommandDefinition = { ...cancel, name: 'start', reason: 'NONE', form: [] };

const approve: CommandDefinition = {
  ...edit,
  name: 'approve',
  form: [{ name: 'outside_slots_reason', kind: 'TEXT', required: false }]
};

describe('form from a definition', () => {
  test('the reason comes last and is required as the command says', () => {
    expect(fieldsOf(cancel).map((field) => [field.name, field.required])).toEqual([
      ['party', true],
      ['reason', true]
    ]);
    expect(fieldsOf(edit).at(-1)).toMatchObject({ name: 'reason', required: false });
    expect(fieldsOf(start)).toEqual([]);
  });

  test('only a command without inputs of its own and without a forced reason runs at one key press', () => {
    expect([cancel, edit, start, approve].map(needsInput)).toEqual([true, true, false, false]);
  });

  test('a preview is asked before the words it will need are typed, and with them once they are', () => {
    expect(previewBody(cancel, { party: 'TUTOR' })).toEqual({ party: 'TUTOR', reason: '–' });
    expect(previewBody(cancel, { reason: 'sakit' })).toEqual({ reason: 'sakit' });
    expect(previewBody(approve)).toEqual({ outside_slots_reason: '–' });
    expect(previewBody(start)).toEqual({});
  });

  test('a warning that wants words opens the form of the command that can take them', () => {
    const outside = [{ code: 'outside_slots', params: {} }];
    expect([wantsWords(approve, outside), wantsWords(approve, []), wantsWords(cancel, outside)]).toEqual([
      true,
      false,
      false
    ]);
  });

  test('another subject takes the level away, which belonged to the one before', () => {
    const subject = { name: 'subject_id', kind: 'REFERENCE', required: false, reference: 'subject' } as const;
    const level = { ...subject, name: 'subject_level_id', reference: 'subject_level' } as const;
    const fields = [subject, level];
    const values = { subject_id: 'mandarin', subject_level_id: 'hsk1' };
    change(fields, values, subject, 'mandarin');
    expect(values).toEqual({ subject_id: 'mandarin', subject_level_id: 'hsk1' });
    change(fields, values, subject, 'biola');
    expect(values).toEqual({ subject_id: 'biola', subject_level_id: '' });
    expect([subjectOf(fields, values), subjectOf([level], values)]).toEqual(['biola', null]);
  });

  test('instants become wall time of the given zone and go back unchanged', () => {
    const defaults = { starts_at: '2026-11-21T09:00:00Z' };
    const values = firstValues(edit.form, defaults, zone);
    expect(values.starts_at).toBe('2026-11-21T17:00');
    expect(toBody(edit, { ...values, starts_at: '2026-11-21T18:30' }, defaults, zone)).toEqual({
      starts_at: '2026-11-21T10:30:00Z'
    });
  });

  test('edit sends only what changed; other commands send what is filled in', () => {
    const defaults = { starts_at: '2026-11-21T09:00:00Z', duration_minutes: 90, party: 'TUTOR' };
    const values = firstValues(fieldsOf(edit), defaults, zone);
    expect(toBody(edit, values, defaults, zone)).toEqual({});
    expect(toBody(edit, { ...values, duration_minutes: '120' }, defaults, zone)).toEqual({ duration_minutes: 120 });
    expect(toBody(cancel, { party: 'TUTOR', reason: ' sakit ' }, defaults, zone)).toEqual({
      party: 'TUTOR',
      reason: 'sakit'
    });
  });

  test('money may be typed with dots; what is no number is sent as typed for the server to name', () => {
    expect([toInteger('150.000'), toInteger('Rp150000'), toInteger('1,5')]).toEqual([150000, 150000, null]);
    expect(toBody(edit, { mode_surcharge_rp: 'dua ribu' }, {}, zone)).toEqual({ mode_surcharge_rp: 'dua ribu' });
  });
});

describe('the word "optional"', () => {
  const reason = fieldsOf(edit).at(-1)!;
  const [startsAt, duration] = edit.form;

  test('stands only at the reason of a form that sends changes', () => {
    expect(edit.form.filter((field) => marksOptional(edit, field, {}))).toEqual([]);
    expect(marksOptional(edit, reason, {})).toBe(true);
  });

  test('stands at an empty field that may stay empty, not at one that shows a value', () => {
    const reschedule = { ...edit, name: 'reschedule' };
    expect(marksOptional(reschedule, startsAt!, {})).toBe(true);
    expect(marksOptional(reschedule, duration!, { duration_minutes: 90 })).toBe(false);
  });

  test('stands neither at what is required nor at a box to tick', () => {
    expect(marksOptional(cancel, cancel.form[0]!, {})).toBe(false);
    expect(marksOptional(cancel, { name: 'force_majeure', kind: 'BOOLEAN', required: false }, {})).toBe(false);
  });
});
