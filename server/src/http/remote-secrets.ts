import { isUtf8 } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { SecretsError, SecretValue, type Secret, type Secrets } from '@datalayer-secrets/shared';
import type { Item, OpenSecrets, Revealed } from './open-secrets.ts';

/** A remote vault's secrets, which come with sign-in and audit around them, in the words of the routes. */
export function remoteSecrets(secrets: Secrets): OpenSecrets {
  const read = async (secret: Secret): Promise<Revealed> => {
    return { item: item(secret), value: Buffer.from((await secrets.reveal(secret)).expose(), 'utf8') };
  };
  const find = async (uid: string): Promise<Secret> => {
    const secret = (await secrets.list()).find((one) => one.uid === uid);
    if (secret === undefined) throw new SecretsError('not_found', 'There is no such secret.');
    return secret;
  };
  return {
    list: async () => (await secrets.list()).map(item),
    create: async ({ value, ...secret }) => item(await secrets.create({ ...secret, value: text(value) })),
    update: async (uid, changes) => item(await secrets.update(uid, changes)),
    replace: async (uid, value) => item(await secrets.replaceValue(uid, text(value))),
    // A reveal gives the value alone; what else the answer tells comes from the list.
    reveal: async (uid) => read(await find(uid)),
    revealAll: async () => {
      const all: Revealed[] = [];
      for (const secret of await secrets.list()) all.push(await read(secret));
      return all;
    },
    hasValue: async (uid, value) => {
      const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
      const present = Buffer.from((await secrets.reveal(uid)).expose(), 'utf8');
      return timingSafeEqual(sha256(present), sha256(value));
    },
    delete: (uid) => secrets.delete(uid),
    whoami: () => secrets.whoami(),
  };
}

function text(value: Buffer): SecretValue {
  if (!isUtf8(value))
    throw new SecretsError('invalid', 'This vault takes text only.', { field: 'value', reason: 'not-text' });
  const made = new SecretValue(value.toString('utf8'));
  value.fill(0);
  return made;
}

function item(secret: Secret): Item {
  const time = (key: string) => {
    const found = secret.kwargs[key];
    return typeof found === 'string' ? found : null;
  };
  const { uid, name, description, type } = secret;
  return { uid, name, description, type, createdAt: time('creation_ts_dt'), updatedAt: time('last_update_ts_dt') };
}
