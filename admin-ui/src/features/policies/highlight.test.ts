import { expect, test } from 'vitest';
import { tokens } from './highlight';

test('a line of rhai falls into its words and loses no character', () => {
  const line = '  if lead_s <= 3600 { return bracket("lead_le_1h", 100); } // CAN-1';
  const found = tokens(line);
  expect(found.map((token) => token.text).join('')).toBe(line);
  expect(found.filter((token) => token.kind === 'keyword').map((token) => token.text)).toEqual(['if', 'return']);
  expect(found.find((token) => token.kind === 'call')?.text).toBe('bracket');
  expect(found.find((token) => token.kind === 'string')?.text).toBe('"lead_le_1h"');
  expect(found.at(-1)).toEqual({ kind: 'comment', text: '// CAN-1' });
});
