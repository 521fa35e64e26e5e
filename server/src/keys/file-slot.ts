import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';
import * as v from 'valibot';
import { createFile } from '../store/atomic-file.ts';
import { privateFile } from '../store/private-files.ts';
import { KEY_BYTES } from '../vault/seal.ts';
import type { Slot } from './slot-file.ts';
import { fieldsOf, unwrapKey, wrapKey, type Binding } from './wrapping.ts';

const File = v.object({ wrapped: v.string(), path: v.string() });

export function defaultKeyFile(home: string): string {
  return path.join(home, 'vault.key');
}

/** Makes the key file (0600, 32 random bytes as hex digits), or takes the one that is there. */
export async function makeFileSlot(vaultId: string, vaultKey: Buffer, file: string): Promise<Slot> {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  if (!existsSync(folder)) throw new SecretsError('no_key_file', 'There is no folder for the key file.', { folder });
  if (!privateFile(absolute)) await createFile(absolute, `${randomBytes(KEY_BYTES).toString('hex')}\n`);
  const secret = await readKeyFile(absolute);
  const wrapped = wrapKey(secret, binding(vaultId, absolute), vaultKey);
  secret.fill(0);
  return { kind: 'file', path: absolute, wrapped };
}

/**
 * @param file where the key file lies now, when it was moved
 * @throws SecretsError no_key_file, bad_permissions, integrity (it is another vault's)
 */
export async function openFileSlot(vaultId: string, slot: Slot, file?: string): Promise<Buffer> {
  const { wrapped, path: recorded } = fieldsOf(File, slot);
  const secret = await readKeyFile(path.resolve(file ?? recorded));
  try {
    return unwrapKey(secret, binding(vaultId, recorded), wrapped);
  } catch (error) {
    throw new SecretsError(
      'integrity',
      'The key file belongs to another vault, or it was changed.',
      { reason: 'key-file' },
      { cause: error },
    );
  } finally {
    secret.fill(0);
  }
}

async function readKeyFile(file: string): Promise<Buffer> {
  if (!privateFile(file)) throw new SecretsError('no_key_file', `There is no key file at ${file}.`, { file });
  const text = (await readFile(file, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new SecretsError('integrity', 'The key file is damaged or no key file.', { reason: 'key-file' });
  return Buffer.from(text, 'hex');
}

function binding(vaultId: string, file: string): Binding {
  return { vaultId, kind: 'file', parameters: [file] };
}
