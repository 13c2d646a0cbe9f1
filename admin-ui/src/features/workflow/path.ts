/** Which edges of the state diagram an instance has gone along, from its history. Pure. */
import type { Edge, HistoryItem } from '$lib/api/types';

export type DrawnEdge = Edge & { taken: boolean };

const idOf = (from: string | null, to: string, command: string) => `${from ?? ''}>${to}:${command}`;

/** Several commands between the same two states are drawn as one line with their names stacked. */
export type Bundle = { from: string; to: string; commands: string[]; taken: boolean };

export function takenEdges(edges: Edge[], history: Pick<HistoryItem, 'from' | 'to' | 'command'>[]): DrawnEdge[] {
  const walked = new Set(history.map((item) => idOf(item.from, item.to, item.command)));
  return edges.map((edge) => ({ ...edge, taken: walked.has(idOf(edge.from, edge.to, edge.command)) }));
}

export function bundles(edges: DrawnEdge[]): Bundle[] {
  const byPair = new Map<string, Bundle>();
  for (const edge of edges) {
    if (edge.from === null || edge.from === edge.to) continue; // the start and notes in place are not a way
    const key = `${edge.from}>${edge.to}`;
    const bundle = byPair.get(key) ?? { from: edge.from, to: edge.to, commands: [], taken: false };
    if (!bundle.commands.includes(edge.command)) bundle.commands.push(edge.command);
    bundle.taken ||= edge.taken;
    byPair.set(key, bundle);
  }
  return [...byPair.values()];
}

/** The states the instance has been in, the present one included. */
export function visitedStates(history: Pick<HistoryItem, 'from' | 'to'>[]): Set<string> {
  return new Set(history.flatMap((item) => [item.from, item.to]).filter((state) => state !== null));
}
