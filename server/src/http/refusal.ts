import { SecretsError, type ErrorKind } from '@datalayer-secrets/shared';

/** A refusal whose status says more than its kind does: 415, 421, or 403 for an origin. */
export class Refusal extends SecretsError {
  readonly status: number;

  constructor(status: number, kind: ErrorKind, message: string, details?: Readonly<Record<string, string | number>>) {
    super(kind, message, details);
    this.status = status;
  }
}
