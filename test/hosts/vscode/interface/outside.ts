import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { connectBy, runAs, type Connected } from '../../outside.ts';
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
  return runAs(host.environment, [process.execPath, await program(host), ...args], input);
}

/** Another client of the service that the host's user has, started where none runs. */
export function connect(host: Host): Promise<Connected> {
  return connectBy((args) => commandLine(host, args));
}
