import { SecretsError, type ErrorKind } from '@datalayer-secrets/shared';

/** Every kind of failure and the HTTP status it is told by. `code` in the body is the kind itself. */
export const STATUS = {
  offline: 502,
  timeout: 504,
  proxy: 502,
  certificate: 502,
  redirect: 502,
  protocol: 502,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  immutable: 409,
  invalid: 400,
  value_required: 422,
  too_large: 413,
  setup_needed: 423,
  locked: 423,
  wrong_passphrase: 403,
  already_set_up: 409,
  rate_limited: 429,
  busy: 503,
  server: 502,
  integrity: 500,
  vault_incomplete: 409,
  disk_full: 507,
  audit_unavailable: 503,
  no_keychain: 424,
  keychain_locked: 424,
  keychain_denied: 424,
  keychain_timeout: 424,
  keychain_ambiguous: 424,
  no_key_file: 424,
  elsewhere: 409,
  too_old: 426,
  too_new: 426,
  newer_vault: 409,
  bad_permissions: 500,
  no_service: 503,
  impostor: 502,
  deleted_not_stored: 502,
  other_account: 409,
  cancelled: 499,
  unexpected: 500,
} as const satisfies Record<ErrorKind, number>;

export interface Failure {
  readonly status: number;
  readonly body: {
    readonly success: false;
    readonly message: string;
    readonly code: ErrorKind;
    readonly details?: Readonly<Record<string, string | number>>;
  };
}

/** The one place where an error becomes an answer. What is not ours gives one fixed sentence and nothing of its text. */
export function toFailure(error: unknown, status?: number): Failure {
  if (!(error instanceof SecretsError)) {
    return {
      status: STATUS.unexpected,
      body: { success: false, message: 'Something unexpected happened in the secrets service.', code: 'unexpected' },
    };
  }
  const details = Object.keys(error.details).length > 0 ? { details: error.details } : {};
  return {
    status: status ?? STATUS[error.kind],
    body: { success: false, message: error.message, code: error.kind, ...details },
  };
}
