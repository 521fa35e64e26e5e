import { randomBytes, scrypt } from 'node:crypto';
import { SecretsError, type SecretValue } from '@datalayer-secrets/shared';
import * as v from 'valibot';
import { KEY_BYTES } from '../vault/seal.ts';
import type { Slot } from './slot-file.ts';
import { fieldsOf, unwrapKey, wrapKey, type Binding } from './wrapping.ts';

/** About half a second and 128 MiB for each guess. */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
/** Bounds what a changed vault.json can make us compute. */
const MAX_MEMORY = 1 << 30;

const whole = (least: number, most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));

const Passphrase = v.object({
  wrapped: v.string(),
  kdf: v.object({
    name: v.literal('scrypt'),
    n: whole(2, 2 ** 20),
    r: whole(1, 8),
    p: whole(1, 4),
    salt: v.string(),
  }),
});
type Kdf = v.InferOutput<typeof Passphrase>['kdf'];

export async function makePassphraseSlot(vaultId: string, vaultKey: Buffer, passphrase: SecretValue): Promise<Slot> {
  if (passphrase.expose() === '')
    throw new SecretsError('invalid', 'The passphrase is empty.', { field: 'passphrase', reason: 'empty-passphrase' });
  const kdf: Kdf = { name: 'scrypt', ...COST, salt: randomBytes(SALT_BYTES).toString('base64') };
  const secret = await stretch(passphrase, kdf);
  const wrapped = wrapKey(secret, binding(vaultId, kdf), vaultKey);
  secret.fill(0);
  return { kind: 'passphrase', kdf, wrapped };
}

/** @throws SecretsError wrong_passphrase */
export async function openPassphraseSlot(vaultId: string, slot: Slot, passphrase: SecretValue): Promise<Buffer> {
  const { kdf, wrapped } = fieldsOf(Passphrase, slot);
  const secret = await stretch(passphrase, kdf);
  try {
    return unwrapKey(secret, binding(vaultId, kdf), wrapped);
  } catch (error) {
    throw new SecretsError('wrong_passphrase', 'The passphrase is wrong.', {}, { cause: error });
  } finally {
    secret.fill(0);
  }
}

/** One at a time: many clients that try at once would take 128 MiB each. */
let turn: Promise<unknown> = Promise.resolve();

function stretch(passphrase: SecretValue, { n, r, p, salt }: Kdf): Promise<Buffer> {
  const work = () =>
    new Promise<Buffer>((resolve, reject) => {
      // Keyboards of different systems write the same letter in different ways; NFKC makes them one.
      const text = Buffer.from(passphrase.expose().normalize('NFKC'));
      const options = { N: n, r, p, maxmem: Math.min(MAX_MEMORY, 128 * n * r * 2) };
      scrypt(text, Buffer.from(salt, 'base64'), KEY_BYTES, options, (error, key) => {
        text.fill(0);
        if (error === null) resolve(key);
        else reject(error);
      });
    });
  const result = turn.then(work);
  turn = result.catch(() => undefined);
  return result;
}

function binding(vaultId: string, { name, n, r, p, salt }: Kdf): Binding {
  return { vaultId, kind: 'passphrase', parameters: [name, n, r, p, salt] };
}
