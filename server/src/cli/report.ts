import { explain, toSecretsError, type ErrorKind } from '@datalayer-secrets/shared';
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

/** What a person at a terminal types next, where the table speaks of buttons. */
const COMMANDS: Partial<Record<ErrorKind, string>> = {
  setup_needed: 'Set it up: datalayer-secrets setup --keychain (or --passphrase, or --key-file FILE).',
  locked: 'Unlock it: datalayer-secrets unlock.',
};

/** Prints what happened and what to do, and gives the exit code. */
export function report(error: unknown, json: boolean): number {
  const known = toSecretsError(error);
  const { kind, what, advice } = explain(known);
  if (json) {
    const { details } = known;
    process.stdout.write(`${JSON.stringify({ success: false, message: what, code: kind, advice, details })}\n`);
  } else if (kind !== 'cancelled') {
    process.stderr.write(`datalayer-secrets: ${what} ${COMMANDS[kind] ?? advice}\n`);
  }
  return CONFIG.includes(kind) ? EXIT.config : EXIT.failure;
}
