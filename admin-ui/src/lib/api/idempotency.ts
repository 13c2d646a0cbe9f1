/**
 * The key that makes a repeated command one command. One per opened dialog or form.
 * It stays the same while nobody knows whether the command happened (no answer, 5xx), so that the retry cannot double it.
 * After a definite refusal nothing happened, and the next try is a new command with a new key.
 */
import { Problem } from './problem';

export class IdempotencyKey {
  #value = crypto.randomUUID();

  get value(): string {
    return this.#value;
  }

  /** Runs one try. The key is renewed by success or refusal and kept by everything uncertain. */
  async use<T>(command: (key: string) => Promise<T>): Promise<T> {
    try {
      const result = await command(this.#value);
      this.#renew();
      return result;
    } catch (error) {
      const refused = error instanceof Problem && error.refused && error.code !== 'idempotency_key_reused';
      if (refused) this.#renew();
      throw error;
    }
  }

  #renew(): void {
    this.#value = crypto.randomUUID();
  }
}
