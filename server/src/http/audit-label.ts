import { SecretsError } from '@datalayer-secrets/shared';
import type { Principal } from '../vault/types.ts';
import type { Ctx } from './parts.ts';

/** Of the token's label and what a request adds to it, together; as of a label alone. */
const LONGEST = 200;

/**
 * Who asks, as the audit trail is to name him: the header `Audit-Label` (percent-encoded UTF-8) stands behind the label
 * of the token, so that one client can say for whom each of its requests is, but cannot pass for another.
 * @throws SecretsError `invalid`
 */
export function auditedPrincipal(c: Ctx): Principal {
  const by = c.get('principal');
  const sent = c.req.header('audit-label');
  if (sent === undefined) return by;
  const added = decode(sent);
  const label = `${by.label}: ${added}`;
  if (added === '' || label.length > LONGEST || /\p{Cc}/u.test(added)) throw invalid();
  return { ...by, label };
}

function decode(sent: string): string {
  try {
    return decodeURIComponent(sent);
  } catch {
    throw invalid();
  }
}

function invalid(): SecretsError {
  return new SecretsError('invalid', 'The label for the audit trail is empty, too long or not usable.', {
    field: 'audit-label',
  });
}
