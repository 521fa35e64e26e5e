import { spawn } from 'node:child_process';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';
import { KEYCHAIN_FAILURES, KEYCHAIN_PROCESS, type KeychainAnswer, type KeychainCall } from './keychain-call.ts';

/** In the bundle the program is one file, which knows by a word that it shall be this process. */
const ARGUMENTS = import.meta.filename.endsWith('.ts')
  ? [path.join(import.meta.dirname, 'keychain-process.ts')]
  : [import.meta.filename, KEYCHAIN_PROCESS];

/**
 * Runs one call in a fresh process, which is killed when the time is up or the signal fires; an open prompt ends with it.
 * @throws SecretsError cancelled
 */
export function callKeychain(
  call: KeychainCall,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<KeychainAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(cancelled());
      return;
    }
    const child = spawn(process.execPath, ARGUMENTS, {
      env: { ...environment, ...(process.versions['electron'] !== undefined && { ELECTRON_RUN_AS_NODE: '1' }) },
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let output = '';
    const end = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      child.kill('SIGKILL');
      child.unref();
      finish();
    };
    const cancel = () => end(() => reject(cancelled()));
    const timer = setTimeout(() => end(() => resolve({ ok: false, failure: 'no-answer' })), timeoutMs);
    signal?.addEventListener('abort', cancel);
    child.on('error', () => end(() => resolve({ ok: false, failure: 'not-loadable' })));
    child.on('close', () => end(() => resolve(answerOf(output))));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('\n')) end(() => resolve(answerOf(output)));
    });
    child.stdin.on('error', () => undefined); // it ended early; `close` tells
    child.stdin.write(`${JSON.stringify(call)}\n`);
  });
}

/** Native code can do anything, end its process included. */
function answerOf(output: string): KeychainAnswer {
  try {
    const answer = JSON.parse(output) as KeychainAnswer;
    if (answer.ok || KEYCHAIN_FAILURES.includes(answer.failure)) return answer;
  } catch {
    // falls through: nothing, or half an answer
  }
  return { ok: false, failure: 'failed' };
}

function cancelled(): SecretsError {
  return new SecretsError('cancelled', 'Cancelled.');
}
