import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { ServiceClient, type EnsureAnswer } from '@datalayer-secrets/shared';
import type { Host } from './server.ts';

/** Runs the command line that the wheel brought, as the user of a host would in a terminal; resolves with what it printed. */
export async function commandLine(host: Host, args: readonly string[], input = ''): Promise<string> {
  const program = path.join(path.dirname(host.python), 'datalayer-secrets');
  const running = promisify(execFile)(program, [...args], { env: host.environment });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** Another client of the service that the host's user has, started where none runs. */
export async function connect(host: Host): Promise<{ service: ServiceClient; close(): void }> {
  const answer = JSON.parse(
    await commandLine(host, ['ensure', '--label', 'a test', '--scope', 'full']),
  ) as EnsureAnswer;
  if (!('token' in answer)) throw new Error(`There is no service: ${answer.state}`);
  const { origin, token } = answer;
  const fetch = createLoopbackFetch({ port: Number(new URL(origin).port), token });
  return { service: new ServiceClient({ origin, token, fetch }), close: () => fetch.close() };
}

/** What a secret of the local vault holds; null where there is none of this name. */
export async function valueOf(host: Host, name: string): Promise<string | null> {
  const client = await connect(host);
  try {
    const secrets = client.service.secrets('local');
    const secret = (await secrets.list()).find((each) => each.name === name);
    return secret ? (await secrets.reveal(secret)).expose() : null;
  } finally {
    client.close();
  }
}
