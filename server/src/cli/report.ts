import { toSecretsError, type ErrorKind } from '@datalayer-secrets/shared';
import { explainHere } from './advice.ts';
import { EXIT } from './exit.ts';

/** The key or the set-up is at fault, not the request. */
const CONFIG: readonly ErrorKind[] = [
  'wrong_passphrase',
  'no_keychain',
  'keychain_locked',
  'keychain_denied',
  'keychain_timeout',
  'keychain_ambiguous',
  'no_key_file',
  'newer_vault',
  'bad_permissions',
  'integrity',
  'vault_incomplete',
];

/** Prints what happened and what to do, and gives the exit code. @param log path of the service's log */
export function report(error: unknown, json: boolean, log: string): number {
  const known = toSecretsError(error);
  const { kind, what, advice } = explainHere(known, log);
  if (json) {
    const { details } = known;
    process.stdout.write(`${JSON.stringify({ success: false, message: what, code: kind, advice, details })}\n`);
  } else if (kind !== 'cancelled') {
    process.stderr.write(`datalayer-secrets: ${what} ${advice}\n`);
  }
  return CONFIG.includes(kind) ? EXIT.config : EXIT.failure;
}
