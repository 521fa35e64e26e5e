import path from 'node:path';
import { connectBy, runAs, type Connected } from '../outside.ts';
import type { Host } from './server.ts';

/** Runs the command line that the wheel brought, as the user of a host would in a terminal; resolves with what it printed. */
export async function commandLine(host: Host, args: readonly string[], input = ''): Promise<string> {
  const program = path.join(path.dirname(host.python), 'datalayer-secrets');
  return runAs(host.environment, [program, ...args], input);
}

/** Another client of the service that the host's user has, started where none runs. */
export function connect(host: Host): Promise<Connected> {
  return connectBy((args) => commandLine(host, args));
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
