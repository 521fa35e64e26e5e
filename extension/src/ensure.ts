import { execFile } from 'node:child_process';

import { ERROR_KINDS, SecretsError, type EnsureAnswer, type ErrorKind } from '@datalayer-secrets/shared';

export interface EnsureOptions {
  /** The bundled service. */
  readonly file: string;
  /** Start the service if none runs; else only look. */
  readonly start: boolean;
  /** Added to the environment: proxy settings of the editor. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A cold start on a slow disk, with room; nothing here waits for a user. */
const TIMEOUT_MS = 60_000;

/**
 * Asks the bundled service to see to it that one runs, with the editor's own Node, and reads its answer.
 * @throws cancelled, timeout, no_service (it could not be run or said nothing sensible), or the error it reported.
 */
export async function ensure({ file, start, environment, signal }: EnsureOptions): Promise<EnsureAnswer> {
  const args = [file, 'ensure', '--label', 'VS Code', '--scope', 'full', '--json', ...(start ? [] : ['--no-start'])];
  const env = { ...inherited(process.env), ...environment, ELECTRON_RUN_AS_NODE: '1' };
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { env, signal, timeout: TIMEOUT_MS, windowsHide: true }, (failure, output) => {
      if (signal.aborted) reject(new SecretsError('cancelled', 'Cancelled.'));
      else if (failure?.killed) reject(new SecretsError('timeout', 'The secrets service did not answer in time.'));
      else resolve(output);
    });
  });
  return readAnswer(stdout);
}

/** The editor's environment, less what changes how Node runs or belongs to the editor, and less the one secret in it. */
export function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(?!NODE_EXTRA_CA_CERTS$)(NODE_|ELECTRON_|VSCODE_)|^DATALAYER_API_KEY$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name)));
}

/** Reads the line that `ensure` prints, be it an answer or an error. */
export function readAnswer(stdout: string): EnsureAnswer {
  const answer = parse(stdout.trim().split('\n').at(-1) ?? '');
  const { state, origin, token, version, host, used, quiet, code, details } = answer;
  switch (state) {
    case 'new':
    case 'locked':
    case 'open':
      if (!isText(origin) || !isText(token) || !/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(origin)) break;
      return { state, origin, token, version: isText(version) ? version : '' };
    case 'none':
      return { state, used: used === true, quiet: quiet === true };
    case 'elsewhere':
      return { state, host: isText(host) ? host : '' };
  }
  if (isKind(code)) throw new SecretsError(code, 'The secrets service could not be started.', plain(details));
  throw new SecretsError('no_service', 'The secrets service could not be started.');
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const answer: unknown = JSON.parse(line);
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isText = (thing: unknown): thing is string => typeof thing === 'string';
const isKind = (thing: unknown): thing is ErrorKind => (ERROR_KINDS as readonly unknown[]).includes(thing);

/** Details of a reported error: paths, hosts and numbers, which its text names. */
function plain(details: unknown): Record<string, string | number> {
  const entries = Object.entries((details as Record<string, unknown> | null) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1])),
  );
}
