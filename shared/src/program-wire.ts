import { failure } from './error-table.ts';
import type { SecretValue } from './secret.ts';
import * as shape from './shape.ts';
import { readValue, type ValueEncoding } from './values.ts';
import type { Account, AuditEntry } from './vaults.ts';
import { asFields, firstText } from './wire.ts';

/* What programs read and a page does not: values above all. */

const Marker = shape.orNothing(shape.orNull(shape.oneOf('plain', 'base64')));
const ValueShape = shape.fields({ secret: shape.fields({ value_s: shape.text, encoding: Marker }), encoding: Marker });

/**
 * The value of a single secret. A marker in the answer wins over what the caller expects.
 * @throws protocol
 */
export function parseValue(body: unknown, expected: ValueEncoding): SecretValue {
  const { secret, encoding } = ValueShape(body);
  return readValue(secret.value_s, secret.encoding ?? encoding ?? expected);
}

export function parseAccount(body: unknown): Account {
  const profile = asFields(asFields(body)['profile']);
  const uid = firstText(profile, ['uid', 'id']);
  const email = firstText(profile, ['email_s', 'email']) ?? null;
  const handle = firstText(profile, ['handle_s', 'handle']) ?? email ?? uid;
  if (uid === undefined || handle === undefined) throw failure('protocol');
  return { uid, handle, email };
}

const AuditShape = shape.fields({
  events: shape.each(
    shape.fields({
      seq: shape.number,
      at: shape.text,
      label: shape.text,
      scope: shape.text,
      action: shape.text,
      uid: shape.orNull(shape.text),
      name: shape.orNull(shape.text),
      outcome: shape.text,
      detail: shape.orNull(shape.text),
    }),
  ),
});

export function parseAudit(body: unknown): AuditEntry[] {
  return AuditShape(body).events;
}

const VerdictShape = shape.fields({
  whole: shape.truth,
  seq: shape.orNothing(shape.number),
  reason: shape.orNothing(shape.text),
});

export function parseVerdict(body: unknown): { seq: number; reason: string } | null {
  const { whole, seq, reason } = VerdictShape(body);
  return whole ? null : { seq: seq ?? 0, reason: reason ?? '' };
}

const ChangeShape = shape.fields({ vault: shape.text, revision: shape.number });

/** One event of the change stream, or null for one of a kind not known here. */
export function parseChange(data: string): { vault: string; revision: number } | null {
  try {
    return ChangeShape(JSON.parse(data));
  } catch {
    return null;
  }
}
