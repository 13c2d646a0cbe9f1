import { describe, expect, test } from 'vitest';
import type { CommandDefinition, Task, Workflow } from '$lib/api/types';
import { decisionKey, decisionOf, fitsBulk, sharedCommands } from './decision';

const command = (name: string, reason: CommandDefinition['reason'], required = false): CommandDefinition => ({
  name,
  permission: `sesi.${name}`,
  by: 'PERSON',
  reason,
  form: required ? [{ name: 'attendance', kind: 'CHOICE', required: true }] : []
});
const sesi: Workflow = {
  name: 'sesi',
  version: 1,
  states: [],
  edges: [],
  tasks: [],
  commands: [
    command('approve', 'OPTIONAL'),
    command('reject', 'REQUIRED'),
    command('validate', 'OPTIONAL'),
    command('report', 'NONE', true)
  ]
};
const task = (id: string, commands: [string, boolean][]) =>
  ({
    id,
    workflow: 'sesi',
    commands: commands.map(([name, allowed]) => ({ name, allowed, why_not: null }))
  }) as Task;

describe('decision', () => {
  test('a is the first allowed command without a forced reason, r the first with one', () => {
    const { affirm, refuse } = decisionOf(
      [sesi],
      task('1', [
        ['approve', true],
        ['reject', true]
      ])
    );
    expect([affirm?.name, refuse?.name]).toEqual(['approve', 'reject']);
  });

  test('where all want a reason they are the first and the second', () => {
    const claims: Workflow = {
      ...sesi,
      name: 'fm_claim',
      commands: [command('overturn', 'REQUIRED'), command('uphold', 'REQUIRED')]
    };
    const review = { ...task('1', [['overturn', true], ['uphold', true]]), workflow: 'fm_claim' }; // prettier-ignore
    const { affirm, refuse } = decisionOf([claims], review);
    expect([affirm?.name, refuse?.name]).toEqual(['overturn', 'uphold']);
  });

  test('a command that is not allowed stands for nothing', () => {
    const { affirm, refuse } = decisionOf(
      [sesi],
      task('1', [
        ['approve', false],
        ['reject', true]
      ])
    );
    expect([affirm, refuse?.name]).toEqual([null, 'reject']);
  });

  test('only commands allowed at every chosen task are shared', () => {
    const one = task('1', [
      ['approve', true],
      ['reject', true]
    ]);
    const two = task('2', [
      ['approve', false],
      ['reject', true]
    ]);
    expect(sharedCommands([sesi], [one, two]).map((each) => each.name)).toEqual(['reject']);
    expect(sharedCommands([sesi], [])).toEqual([]);
  });

  test('a command with a required input of its own does not fit a bulk', () => {
    expect(sesi.commands.map(fitsBulk)).toEqual([true, true, true, false]);
  });
});

test('a and r decide, every other key is left alone', () => {
  expect(['a', 'r', 'A', 'x', 'Enter'].map(decisionKey)).toEqual(['affirm', 'refuse', null, null, null]);
});
