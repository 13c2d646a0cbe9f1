/** Saves a matrix role by role: what is refused stays unsaved with its reason, the rest is done. */
import { SvelteMap } from 'svelte/reactivity';
import { IdempotencyKey } from '$lib/api/idempotency';
import { asProblem, type Problem } from '$lib/api/problem';
import { changeRole } from '$lib/api/roles';
import type { Role } from '$lib/api/types';
import { permissionsAfter, type Difference } from './draft';

export class MatrixSave {
  busy = $state(false);
  /** Why a role was not saved, by its code. */
  readonly failures = new SvelteMap<string, Problem>();
  readonly #keys = new Map<string, IdempotencyKey>();

  constructor(readonly onsaved: (role: Role) => void) {}

  /** The same set for the same role is the same command, however often it is sent. */
  #keyFor(name: string): IdempotencyKey {
    const key = this.#keys.get(name) ?? new IdempotencyKey();
    this.#keys.set(name, key);
    return key;
  }

  /** The names of the roles that were saved. */
  async run(changes: Difference[]): Promise<string[]> {
    if (this.busy) return [];
    this.busy = true;
    this.failures.clear();
    const done: string[] = [];
    for (const change of changes) {
      const { code, name } = change.role;
      const permissions = permissionsAfter(change);
      try {
        const key = this.#keyFor(`${code}:${permissions.join()}`);
        this.onsaved(await key.use((value) => changeRole(code, { permissions }, value)));
        done.push(name);
      } catch (error) {
        this.failures.set(code, asProblem(error));
      }
    }
    this.busy = false;
    return done;
  }
}
