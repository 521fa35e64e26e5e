import type { SecretRef } from '../commands/command.ts';

const KEPT = 10;

/** The secrets used last in this window, newest first. Kept in memory, by vault and uid. */
export class Recents {
  readonly #keys: string[] = [];

  touch(ref: SecretRef): void {
    const key = keyOf(ref);
    const at = this.#keys.indexOf(key);
    if (at !== -1) this.#keys.splice(at, 1);
    this.#keys.unshift(key);
    this.#keys.length = Math.min(this.#keys.length, KEPT);
  }

  /** Those of `refs` that were used lately, newest first. */
  among(refs: readonly SecretRef[]): SecretRef[] {
    if (this.#keys.length === 0) return [];
    const wanted = new Set(this.#keys);
    const found = new Map<string, SecretRef>();
    for (const ref of refs) if (wanted.has(keyOf(ref))) found.set(keyOf(ref), ref);
    return this.#keys.flatMap((key) => found.get(key) ?? []);
  }
}

function keyOf({ vaultId, secret }: SecretRef): string {
  return `${vaultId}/${secret.uid}`;
}
