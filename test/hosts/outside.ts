import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createLoopbackFetch } from '@datalayer-secrets/loopback';
import { ServiceClient, type EnsureAnswer } from '@datalayer-secrets/shared';

/** Runs a program with its arguments as the user of a host would in a terminal; resolves with what it printed. */
export async function runAs(
  env: NodeJS.ProcessEnv,
  program: readonly [string, ...string[]],
  input = '',
): Promise<string> {
  const [file, ...args] = program;
  const running = promisify(execFile)(file, args, { env });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

export interface Connected {
  readonly service: ServiceClient;
  close(): void;
}

/** Another client of the service that a user has, started where none runs; `commandLine` runs this product's for that user. */
export async function connectBy(commandLine: (args: readonly string[]) => Promise<string>): Promise<Connected> {
  const answer = JSON.parse(await commandLine(['ensure', '--label', 'a test', '--scope', 'full'])) as EnsureAnswer;
  if (!('token' in answer)) throw new Error(`There is no service: ${answer.state}`);
  const { origin, token } = answer;
  const fetch = createLoopbackFetch({ port: Number(new URL(origin).port), token });
  return { service: new ServiceClient({ origin, token, fetch }), close: () => fetch.close() };
}
