import { expect, test } from 'vitest';
import { sizeText } from './size';

test.each([
  [812, '812 B'],
  [1_000, '1 KB'],
  [1_440_000, '1,4 MB'],
  [7_250_000_000_000, '7.250 GB']
])('%d bytes are written %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
