/**
 * Every way in which a request can fail, as seen by a user interface. The service's codes carry the same names, so
 * that one table serves both directions.
 */
export const ERROR_KINDS = [
  'offline',
  'timeout',
  'proxy',
  'certificate',
  'redirect',
  'protocol',
  'unauthenticated',
  'other_account',
  'forbidden',
  'not_found',
  'conflict',
  'immutable',
  'invalid',
  'value_required',
  'deleted_not_stored',
  'too_large',
  'setup_needed',
  'locked',
  'wrong_passphrase',
  'already_set_up',
  'rate_limited',
  'busy',
  'server',
  'integrity',
  'vault_incomplete',
  'disk_full',
  'audit_unavailable',
  'no_keychain',
  'keychain_locked',
  'keychain_denied',
  'keychain_timeout',
  'keychain_ambiguous',
  'no_key_file',
  'elsewhere',
  'too_old',
  'too_new',
  'newer_vault',
  'bad_permissions',
  'no_service',
  'impostor',
  'cancelled',
  'unexpected',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** A failure that can be shown. Its message never holds a value, a token, a body or a header. */
export class SecretsError extends Error {
  readonly kind: ErrorKind;
  /** Machine-made details fit to show: a field name, a limit, seconds to wait, a host. Never content. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    kind: ErrorKind,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SecretsError';
    this.kind = kind;
    this.details = details;
  }
}
