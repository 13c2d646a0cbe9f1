import { expect, test } from 'vitest';
import { actionText } from './action';

test('a refusal that was recorded names what was refused, unless it has a name of its own', () => {
  expect(actionText('fm_claim.appeal')).toBe('Banding diajukan');
  expect(actionText('fm_claim.appeal.refused')).toBe('Ditolak: Banding diajukan');
  expect(actionText('session.refused')).toBe('Masuk ditolak');
});
