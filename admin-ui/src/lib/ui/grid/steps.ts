/** Undo and redo: what was done, newest last, and what was undone of it. */

const most = 200;

export class Steps<T> {
  #done: T[] = [];
  #undone: T[] = [];

  push(step: T): void {
    this.#done.push(step);
    if (this.#done.length > most) this.#done.shift();
    this.#undone = [];
  }

  undo(): T | undefined {
    const step = this.#done.pop();
    if (step !== undefined) this.#undone.push(step);
    return step;
  }

  redo(): T | undefined {
    const step = this.#undone.pop();
    if (step !== undefined) this.#done.push(step);
    return step;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  clear(): void {
    this.#done = [];
    this.#undone = [];
  }
}
