import { describe, expect, it } from 'vitest';
import { bpsOf, grossOf, ofGross, rupiahOf } from './pph';

describe('pph', () => {
  it('is a share of what was earned, half a rupiah rounded up', () => {
    expect([ofGross(1_000_000, 250), ofGross(100_020, 250), ofGross(100_019, 250), ofGross(-5, 500)]).toEqual([
      25_000, 2_501, 2_500, 0
    ]);
    const row = { base_rp: 100, transport_rp: 10, adjustment_rp: -5, returned_rp: 20, reversed_rp: 15 };
    expect(grossOf(row)).toBe(110);
  });

  it('reads rates and amounts as people type them', () => {
    expect(['2,5', '2.5%', '0', '100', '101', '2,555', 'x', ''].map(bpsOf)).toEqual([
      250,
      250,
      0,
      10_000,
      null,
      null,
      null,
      null
    ]);
    expect(['12.500', 'Rp12500', '', ' ', '-1', '1,5'].map(rupiahOf)).toEqual([12_500, 12_500, 0, 0, null, null]);
  });
});
