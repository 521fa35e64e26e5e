import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Host } from './server.ts';

/** The interpreter and the service that the wheel brought to a host. */
export async function installedProgram({ python, environment }: Host): Promise<{ node: string; service: string }> {
  const script =
    'import json; from jupyterlab_datalayer_secrets.program import find_program; print(json.dumps(find_program()))';
  const { stdout } = await promisify(execFile)(python, ['-P', '-c', script], { env: environment });
  const [node, service] = JSON.parse(stdout) as [string, string];
  return { node, service };
}
