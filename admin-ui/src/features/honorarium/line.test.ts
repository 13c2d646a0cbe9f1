import { describe, expect, it } from 'vitest';
import { lessonsOf, othersOf, type Line } from './line';

const line = (number: number, kind: string, source_id: string, amount_rp: number) =>
  ({ number, kind, source_id, amount_rp }) as Line;

describe('lines of a Honorarium', () => {
  const lines = [
    line(1, 'SESI', 'a', 90),
    line(2, 'TRANSPORT', 'a', 10),
    line(3, 'CANCELLATION', 'b', 45),
    line(4, 'TRANSPORT', 'c', 12),
    line(5, 'DENDA', 'd', -22)
  ];

  it('puts transport beside its lesson and loses none', () => {
    const rows = lessonsOf(lines).map(({ base, transport }) => [base.number, transport?.number ?? null]);
    expect(rows).toEqual([
      [1, 2],
      [3, null],
      [4, null]
    ]);
  });

  it('keeps what was added or taken apart', () => {
    expect(othersOf(lines).map((each) => each.number)).toEqual([5]);
  });
});
