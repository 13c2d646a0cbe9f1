import { describe, expect, it } from 'vitest';
import { periodOf } from './period';

describe('periodOf', () => {
  it('knows the month before, also over a year and a leap day', () => {
    expect(periodOf('last_month', '2026-11-21')).toEqual({ from: '2026-10-01', to: '2026-10-31' });
    expect(periodOf('last_month', '2027-01-01')).toEqual({ from: '2026-12-01', to: '2026-12-31' });
    expect(periodOf('last_month', '2028-03-31')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  });

  it('counts today as the last of its days', () => {
    expect(periodOf('three_months', '2026-11-21')).toEqual({ from: '2026-08-24', to: '2026-11-21' });
    expect(periodOf('year', '2026-11-21')).toEqual({ from: '2025-11-22', to: '2026-11-21' });
  });
});
