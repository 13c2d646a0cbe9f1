import { describe, expect, it } from 'vitest';
import { changeOf, percentText } from './change';

describe('change', () => {
  it('is told in rupiah and in percent of the month before', () => {
    expect(changeOf(1_125, 1_000)).toEqual({ rp: 125, pct: 12.5 });
    expect(changeOf(900, 1_000)).toEqual({ rp: -100, pct: -10 });
    expect(changeOf(900, 0)).toEqual({ rp: 900, pct: null });
    expect(changeOf(900, null)).toBeNull();
    expect([percentText(12.5), percentText(-10), percentText(0)]).toEqual(['+12,5%', '-10%', '0%']);
  });
});
