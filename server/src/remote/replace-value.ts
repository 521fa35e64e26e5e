import {
  failure,
  toSecretsError,
  type CallOptions,
  type ErrorKind,
  type Secret,
  type SecretsClient,
  type SecretsError,
  type SecretValue,
} from '@datalayer-secrets/shared';

/** A service that takes no value on PUT answers one of these; what else goes wrong says nothing about that. */
const REFUSALS: readonly ErrorKind[] = ['invalid', 'immutable', 'value_required', 'conflict', 'not_found'];
const isRefusal = ({ kind, details }: SecretsError) => REFUSALS.includes(kind) || details['reason'] === 'unsupported';
/** After these nobody knows whether the request was carried out. */
const UNCERTAIN: readonly ErrorKind[] = ['offline', 'timeout', 'server', 'protocol'];

/**
 * A new value under the same name. In one step where the service can; else PUT with the value; where that is refused,
 * delete and create, because names are unique. Deleting begins the part that is never interrupted: a cancel between
 * the two would lose the secret.
 * @throws server, reason `deleted-not-stored`, when the old secret is gone and the new one could not be stored; the caller still has the value.
 */
export async function replaceValue(
  client: SecretsClient,
  oneStep: boolean,
  secret: string | Secret,
  value: SecretValue,
  options: CallOptions = {},
): Promise<Secret> {
  if (oneStep) return client.replaceValue(secret, value, options);
  const uid = typeof secret === 'string' ? secret : secret.uid;
  // What the service has now, not what the caller remembers: all of it is sent again.
  const present = (await client.list(options)).find((each) => each.uid === uid);
  if (!present) throw failure('not_found');
  try {
    return await client.putValue(present, value, options);
  } catch (error) {
    if (!isRefusal(toSecretsError(error))) throw error;
  }
  options.signal?.throwIfAborted();
  return deleteAndCreate(client, present, value);
}

async function deleteAndCreate(client: SecretsClient, present: Secret, value: SecretValue): Promise<Secret> {
  const { name, description, type } = present;
  await client.delete(present);
  try {
    return await client.create({ name, description, type, value });
  } catch (error) {
    const cause = toSecretsError(error);
    const stored = UNCERTAIN.includes(cause.kind) ? await findNamed(client, name) : undefined;
    if (stored) return stored;
    throw failure('server', { reason: 'deleted-not-stored', cause: cause.kind });
  }
}

/** The name was free a moment ago, so a secret that bears it now is the one we sent. */
async function findNamed(client: SecretsClient, name: string): Promise<Secret | undefined> {
  const secrets = await client.list().catch(() => []);
  return secrets.find((each) => each.name === name);
}
