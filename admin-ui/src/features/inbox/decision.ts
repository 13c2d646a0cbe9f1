/** Which command `a` and `r` stand for at a task, and which commands fit every chosen task. Pure. */
import type { CommandDefinition, Task, Workflow } from '$lib/api/types';
import { href } from '$lib/router/match';
import { ownPage, trailOf } from '../audit/links';
import { ownFields } from '../workflow/form';

/** Where the work of a task is: the page of its instance, or the failed jobs. */
export function placeOf(task: Task): string {
  const id = task.instance_id;
  if (id && task.workflow === 'sesi' && task.name === 'find_substitute') return href('/sesi/:id/substitute', { id });
  return id ? (ownPage(task.workflow, id) ?? trailOf(task.workflow, id)) : href('/jobs');
}

export type Decision = { affirm: CommandDefinition | null; refuse: CommandDefinition | null };

/** Which decision a key stands for, in the list and in the sheet over it. */
export function decisionKey(key: string): keyof Decision | null {
  return key === 'a' ? 'affirm' : key === 'r' ? 'refuse' : null;
}

export function definitionOf(workflows: Workflow[], task: Task, name: string): CommandDefinition | null {
  const workflow = workflows.find((each) => each.name === task.workflow);
  return workflow?.commands.find((command) => command.name === name) ?? null;
}

/**
 * `a` is the task's first allowed command without a forced reason, `r` its first one with one. Where all want a reason, as in a
 * dispute, they are the first and the second.
 */
export function decisionOf(workflows: Workflow[], task: Task): Decision {
  const allowed = task.commands
    .filter((command) => command.allowed)
    .map((command) => definitionOf(workflows, task, command.name))
    .filter((command) => command !== null);
  const reasoned = allowed.filter((command) => command.reason === 'REQUIRED');
  if (reasoned.length > 1 && reasoned.length === allowed.length) return { affirm: reasoned[0]!, refuse: reasoned[1]! };
  const affirm = allowed.find((command) => command.reason !== 'REQUIRED') ?? null;
  return { affirm, refuse: reasoned[0] ?? null };
}

/** The commands allowed at every one of the tasks: the bulk bar offers nothing else. */
export function sharedCommands(workflows: Workflow[], tasks: Task[]): CommandDefinition[] {
  const [first, ...rest] = tasks;
  if (!first) return [];
  return first.commands
    .filter((command) => command.allowed)
    .filter(({ name }) =>
      rest.every(
        (task) =>
          task.workflow === first.workflow && task.commands.some((command) => command.name === name && command.allowed)
      )
    )
    .map(({ name }) => definitionOf(workflows, first, name))
    .filter((command) => command !== null);
}

/** Bulk can ask for one shared reason, nothing else. */
export function fitsBulk(command: CommandDefinition): boolean {
  return ownFields(command).length === 0;
}
