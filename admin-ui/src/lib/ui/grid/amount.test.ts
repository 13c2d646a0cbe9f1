import { expect, test } from 'vitest';
import { parseAmount } from './amount';

test.each([
  ['150000', 150_000],
  ['150.000', 150_000],
  ['Rp150.000', 150_000],
  ['Rp 150.000', 150_000],
  ['rp. 150.000,-', 150_000],
  ['150.000,00', 150_000],
  ['150,000.00', 150_000],
  ['150,000', 150_000],
  ['1.250.000', 1_250_000],
  ['1 250 000', 1_250_000],
  ['150\u00a0000', 150_000],
  ['150000,00', 150_000],
  ['0', 0],
  ['1.000.000.000', 1_000_000_000]
])('%s is an amount', (typed, rp) => expect(parseAmount(typed)).toEqual({ kind: 'amount', rp }));

test.each(['', '  ', '-', '–'])('"%s" is a gap', (typed) => expect(parseAmount(typed)).toEqual({ kind: 'empty' }));

test.each([
  ['-5', 'negative'],
  ['(5.000)', 'negative'],
  ['Rp-5', 'negative'],
  ['150rb', 'letters'],
  ['1e5', 'letters'],
  ['abc', 'letters'],
  ['150.000,50', 'fraction'],
  ['150,000.25', 'fraction'],
  ['150,5', 'fraction'],
  ['15.00.00', 'malformed'],
  ['1.2345', 'malformed'],
  ['12.34,567', 'malformed'],
  ['=1+1', 'malformed'],
  ['1.000.000.001', 'too_large']
])('%s is refused as %s', (typed, code) => expect(parseAmount(typed)).toEqual({ kind: 'wrong', code }));
