import type { KeyObject } from 'node:crypto';
import { SecretsError } from '@datalayer-secrets/shared';
import { hmac } from './envelope.ts';
import { encodeFields } from './fields.ts';
import { FORMAT, NONCE_BYTES, seal, unseal } from './seal.ts';
import type { Store } from './store.ts';
import type { VaultKeys } from './vault-keys.ts';

/** Small secrets of the service itself, each under a name that cannot be read from the store either. */
export class SealedNotes {
  readonly #store: Store;
  readonly #names: KeyObject;
  readonly #key: KeyObject;
  readonly #vaultId: string;
  readonly #random: (size: number) => Buffer;

  constructor(store: Store, keys: VaultKeys, vaultId: string, random: (size: number) => Buffer) {
    this.#store = store;
    this.#names = keys.names;
    this.#key = keys.sealed;
    this.#vaultId = vaultId;
    this.#random = random;
  }

  /** @throws SecretsError integrity */
  read(name: string): Buffer | null {
    const place = this.#place(name);
    const sealed = this.#store.sealed(hmac(this.#names, place));
    if (sealed === null) return null;
    try {
      return unseal(this.#key, place, sealed);
    } catch (error) {
      throw new SecretsError(
        'integrity',
        'A sign-in kept in the vault was changed outside of this program.',
        {},
        { cause: error },
      );
    }
  }

  write(name: string, content: Buffer | null): void {
    const place = this.#place(name);
    const sealed = content === null ? null : seal(this.#key, this.#random(NONCE_BYTES), place, content);
    this.#store.setSealed(hmac(this.#names, place), sealed);
  }

  #place(name: string): Buffer {
    return encodeFields([[1, FORMAT], [2, 'sealed'], [3, this.#vaultId], [4, name]]); // prettier-ignore
  }
}
