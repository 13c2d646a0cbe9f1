/** A wait the server has asked for, second by second. */
import type { Problem } from '$lib/api/problem';

export class Wait {
  left = $state(0);
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begins when the refusal names seconds to wait. */
  begin(problem: Problem | null): void {
    this.from(Number(problem?.params.retry_after_s ?? 0));
  }

  from(seconds: number): void {
    clearInterval(this.#timer);
    this.left = Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds), 3600) : 0;
    if (!this.left) return;
    const until = Date.now() + this.left * 1000;
    this.#timer = setInterval(() => {
      this.left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (!this.left) clearInterval(this.#timer);
    }, 250);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
