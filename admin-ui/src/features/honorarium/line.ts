/** A Honorarium's lines as people read them: a row for each lesson with its transport, then what was added or taken. */
import type { HonorariumDetail } from '$lib/api/types';

export type Line = HonorariumDetail['lines'][number];
export type Lesson = { base: Line; transport: Line | null };

const ofLesson = new Set(['SESI', 'NO_SHOW', 'CANCELLATION', 'RESCHEDULE']);

/** Transport stands beside the lesson it was for; without one it stands alone. */
export function lessonsOf(lines: readonly Line[]): Lesson[] {
  const transports = new Map(lines.filter((line) => line.kind === 'TRANSPORT').map((line) => [line.source_id, line]));
  const lessons = lines
    .filter((line) => ofLesson.has(line.kind))
    .map((base) => {
      const transport = transports.get(base.source_id) ?? null;
      transports.delete(base.source_id);
      return { base, transport };
    });
  return [...lessons, ...[...transports.values()].map((base) => ({ base, transport: null }))];
}

export const othersOf = (lines: readonly Line[]): Line[] =>
  lines.filter((line) => !ofLesson.has(line.kind) && line.kind !== 'TRANSPORT');
