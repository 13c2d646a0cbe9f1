import { describe, expect, it } from 'vitest';
import { allocationsOf, amountOf } from './form';

describe('the form of a payment', () => {
  it('reads rupiah as people type them and leaves the rest to the server', () => {
    expect(['150000', ' Rp150.000 ', '', 'seratus'].map(amountOf)).toEqual([150000, 150000, null, 'seratus']);
  });
  it('sends the parts that were typed, in the order of the Tagihan', () => {
    const bills = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    expect(allocationsOf(bills, { c: '5', a: '1.000', b: ' ' })).toEqual([
      { tagihan_id: 'a', amount_rp: 1000 },
      { tagihan_id: 'c', amount_rp: 5 }
    ]);
  });
});
