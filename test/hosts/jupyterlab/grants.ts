import { SecretValue } from '@datalayer-secrets/shared';
import { connect } from './outside.ts';
import type { Host } from './server.ts';

/** What a notebook may use, as the server lists it. */
export interface ListedGrant {
  readonly notebook: string;
  readonly path: string;
  readonly name: string;
}

/** Asks the server's own routes, as a page of it does. @throws where the answer is no success. */
export async function askServer(host: Host, method: string, route: string, body?: object): Promise<unknown> {
  const answer = await fetch(host.url(route).replace(/\?.*/, ''), {
    method,
    headers: { Authorization: `token ${host.server.token}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status}`);
  return answer.json();
}

/** Lets a notebook use secrets of the local vault, before it is open anywhere. */
export async function allow(host: Host, path: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) await askServer(host, 'POST', 'datalayer-secrets/grants', { path, vault: 'local', name });
}

export async function listedGrants(host: Host): Promise<readonly ListedGrant[]> {
  return ((await askServer(host, 'GET', 'datalayer-secrets/grants')) as { grants: ListedGrant[] }).grants;
}

/** Makes secrets of the local vault, which is open, by another client of the service. */
export async function addSecrets(host: Host, values: Readonly<Record<string, string>>): Promise<void> {
  const client = await connect(host);
  const secrets = client.service.secrets('local');
  for (const [name, value] of Object.entries(values))
    await secrets.create({ name, type: 'token', description: '', value: new SecretValue(value) });
  client.close();
}

/** Gives one of them another value. */
export async function replaceSecret(host: Host, name: string, value: string): Promise<void> {
  const client = await connect(host);
  const secrets = client.service.secrets('local');
  const secret = (await secrets.list()).find((each) => each.name === name);
  if (!secret) throw new Error(`There is no ${name}.`);
  await secrets.replaceValue(secret, new SecretValue(value));
  client.close();
}
