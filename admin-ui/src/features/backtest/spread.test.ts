import { describe, expect, it } from 'vitest';
import { rupiah } from '$lib/format/money';
import { bars, name, short, signed } from './spread';

describe('bars', () => {
  const drawn = bars([
    { from_rp: null, to_rp: -1_000_000, decisions: 1 },
    { from_rp: -5_000, to_rp: -2_000, decisions: 0 },
    { from_rp: 1, to_rp: 1_000, decisions: 200 },
    { from_rp: 1_000_000, to_rp: null, decisions: 50 }
  ]);
  it('are as high as their share of the highest, and one decision is seen', () => {
    expect(drawn.map((bar) => bar.height)).toEqual([0.02, 0, 1, 0.25]);
  });
  it('know on which side of zero they stand, and are named away from it', () => {
    expect(drawn.map((bar) => bar.more)).toEqual([false, false, true, true]);
    expect(drawn.map((bar) => name(bar, 'id'))).toEqual(['->1jt', '-2–5rb', '+<1rb', '+>1jt']);
    expect(name({ from_rp: 500_000, to_rp: 1_000_000, decisions: 1, more: true, height: 1 }, 'en')).toBe('+500k–1m');
  });
  it('of nothing are none', () => expect(bars([])).toEqual([]));
});

it('writes amounts short on an axis and with their sign elsewhere', () => {
  expect([-1_000_000, -2_000, -1, 1, 500_000].map((rp) => short(rp, 'id'))).toEqual([
    '-1jt',
    '-2rb',
    '-1',
    '1',
    '500rb'
  ]);
  expect(short(20_000, 'en')).toBe('20k');
  expect([5_000, 0, -5_000].map((rp) => signed(rp, rupiah))).toEqual(['+Rp5.000', 'Rp0', '-Rp5.000']);
});
