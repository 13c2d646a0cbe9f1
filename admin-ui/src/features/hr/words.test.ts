import { describe, expect, test } from 'vitest';
import { share } from './words';

describe('a share', () => {
  test.each([
    [1, 3, '33%'],
    [2, 3, '67%'],
    [0, 5, '0%'],
    [0, 0, null]
  ])('%i of %i is %s', (part, whole, text) => expect(share(part, whole)).toBe(text));
});
