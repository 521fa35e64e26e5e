import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { ServiceClient, type EnsureAnswer } from '@datalayer-secrets/shared';
import type { Host } from '../server.ts';

/** The service that the installed extension carries. */
async function program({ editor }: Host): Promise<string> {
  const folder = path.join(editor, 'extensions');
  const name = (await readdir(folder)).find((each) => each.startsWith('datalayer.datalayer-secrets-'));
  if (name === undefined) throw new Error('The extension is not installed in this host.');
  return path.join(folder, name, 'dist/service/service.cjs');
}

/** Runs the command line as the user of a host would in a terminal; resolves with what it printed. */
export async function commandLine(host: Host, args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(process.execPath, [await program(host), ...args], { env: host.environment });
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
