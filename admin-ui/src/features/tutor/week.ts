/** Slots while they are edited: times as text, the week as lists by day, and what is wrong with each. */
import type { SlotWindow } from '$lib/api/types';

export type Draft = { key: number; weekday: number; from: string; until: string };
export type Fault = 'slot_time' | 'slot_empty' | 'slot_overlap';

export const weekdays = [1, 2, 3, 4, 5, 6, 7];
const day = 24 * 60;

/** Minutes from midnight of "8", "08.30", "0830" or "8:30"; undefined for what is no time. */
export function minuteOf(text: string): number | undefined {
  const match = /^(\d{1,2})(?:[.:]?(\d{2}))?$/.exec(text.trim());
  if (!match) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2] ?? 0);
  return Number(match[2] ?? 0) < 60 && minute <= day ? minute : undefined;
}

export const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}.${String(minute % 60).padStart(2, '0')}`;

export const draftsOf = (slots: SlotWindow[]): Draft[] =>
  slots.map((slot, key) => ({
    key,
    weekday: slot.weekday,
    from: timeOf(slot.from_minute),
    until: timeOf(slot.until_minute)
  }));

const spanOf = (draft: Draft) => ({ from: minuteOf(draft.from), until: minuteOf(draft.until) });

/** What is wrong, by the key of the slot; of two that overlap the later one is named. */
export function faultsOf(drafts: Draft[]): Map<number, Fault> {
  const faults = new Map<number, Fault>();
  drafts.forEach((draft, place) => {
    const { from, until } = spanOf(draft);
    if (from === undefined || until === undefined) return faults.set(draft.key, 'slot_time');
    if (until <= from) return faults.set(draft.key, 'slot_empty');
    const clash = drafts.slice(0, place).some((other) => {
      const { from: start = 0, until: end = 0 } = spanOf(other);
      return other.weekday === draft.weekday && from < end && start < until;
    });
    if (clash) faults.set(draft.key, 'slot_overlap');
    return undefined;
  });
  return faults;
}

/** What is sent, in the order of the drafts, so that a fault of the server finds its slot again. */
export const slotsOf = (drafts: Draft[]): SlotWindow[] =>
  drafts.map((draft) => ({
    weekday: draft.weekday,
    from_minute: minuteOf(draft.from) ?? 0,
    until_minute: minuteOf(draft.until) ?? 0
  }));

/** A new slot of a day: after its last one, two hours long where the day allows. */
export function nextOf(drafts: Draft[], weekday: number): Omit<Draft, 'key'> {
  const ends = drafts.filter((draft) => draft.weekday === weekday).map((draft) => minuteOf(draft.until) ?? 0);
  const last = Math.max(0, ...ends);
  const from = ends.length ? Math.min(last + 60, day - 60) : 13 * 60;
  return { weekday, from: timeOf(from), until: timeOf(Math.min(from + 120, day)) };
}

/** The share of the day from six to midnight that a slot covers, in per cent, for its bar. */
export function barOf(draft: Draft): { left: number; width: number } | null {
  const { from, until } = spanOf(draft);
  if (from === undefined || until === undefined || until <= from) return null;
  const start = 6 * 60;
  const share = (minute: number) => (Math.max(0, minute - start) / (day - start)) * 100;
  return { left: share(from), width: Math.max(0.5, share(until) - share(from)) };
}
