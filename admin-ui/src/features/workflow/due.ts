/** How urgent a deadline is: late, within four hours, or calm. Pure. */
import type { Tone } from '$lib/ui/state';

const soonS = 4 * 3600;

export type Urgency = { tone: Tone; late: boolean; leftS: number };

export function urgency(dueAt: string, nowMs: number): Urgency {
  const leftS = Math.round((Date.parse(dueAt) - nowMs) / 1000);
  const late = leftS < 0;
  return { late, leftS, tone: late ? 'bad' : leftS < soonS ? 'warn' : 'mute' };
}
