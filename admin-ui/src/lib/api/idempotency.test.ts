import { describe, expect, test } from 'vitest';
import { IdempotencyKey } from './idempotency';
import { Problem } from './problem';

const fails = (problem: Problem) => async () => {
  throw problem;
};
async function keyOfNextTry(key: IdempotencyKey): Promise<string> {
  return key.use(async (value) => value);
}

describe('idempotency key', () => {
  test.each([
    ['no answer came', Problem.unreachable()],
    ['the server failed half-way', new Problem({ status: 500, code: 'internal' })],
    ['the server was busy', new Problem({ status: 503, code: 'busy' })]
  ])('when %s, the retry carries the same key', async (_, problem) => {
    const key = new IdempotencyKey();
    const first = key.value;
    await expect(key.use(fails(problem))).rejects.toBe(problem);
    expect(await keyOfNextTry(key)).toBe(first);
  });

  test('a definite refusal did nothing, so the corrected try is a new command', async () => {
    const key = new IdempotencyKey();
    const first = key.value;
    await expect(key.use(fails(new Problem({ status: 422, code: 'invalid' })))).rejects.toThrow();
    expect(key.value).not.toBe(first);
  });

  test('a key that was recorded with another body is kept: a new one could double the command', async () => {
    const key = new IdempotencyKey();
    const first = key.value;
    await expect(key.use(fails(new Problem({ status: 409, code: 'idempotency_key_reused' })))).rejects.toThrow();
    expect(key.value).toBe(first);
  });

  test('success ends the key', async () => {
    const key = new IdempotencyKey();
    const first = await keyOfNextTry(key);
    expect(await keyOfNextTry(key)).not.toBe(first);
  });
});
