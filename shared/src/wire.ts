import * as v from 'valibot';
import { failure, kindNamed } from './error-table.ts';
import type { Scalar, Secret, SecretValue } from './secret.ts';
import { readValue, type ValueEncoding } from './values.ts';
import type { Account, AuditEntry, ServiceStatus, SignInOffer, VaultInfo } from './vaults.ts';

/**
 * JSON on the wire -> domain objects. Field names and the ways in which services differ: Datalayer's IAM API as
 * `datalayer_core` 1.1 to 1.2 (Python) and `@datalayer/core` 0.0 to 1.2 (npm) use it. What is not known is dropped here.
 */

type Fields = Readonly<Record<string, unknown>>;
type Schema = v.GenericSchema;

/** @throws protocol for what is no JSON object */
function parseObject(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw failure('protocol');
  return body as Fields;
}

function parse<T extends Schema>(schema: T, body: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw failure('protocol');
  return parsed.output;
}

/** `success: false`, also as text: an upstream mock sends `"false"`. Absent means what the status means. */
export function isRefusal(body: Fields): boolean {
  return body['success'] === false || (typeof body['success'] === 'string' && /^false$/i.test(body['success']));
}

/**
 * The field that an error body complains of, where it says so in a way that cannot hold content: our own `field`, or
 * the `loc` of a `detail`, `errors` or `warnings` list.
 */
export function fieldAtFault(body: Fields): string | null {
  const lists = [body['detail'], body['errors'], body['warnings']].filter(Array.isArray).flat() as unknown[];
  const places = lists.map((item) => asFields(item)['loc']).filter(Array.isArray) as unknown[][];
  const candidates = [body['field'], ...places.map((place) => place.at(-1))];
  return (
    candidates
      .map(String)
      .find((name) =>
        /^(name|description|variant|type|value|encoding|passphrase|token|origin|slot|keyFile|uid)$/.test(name),
      ) ?? null
  );
}

/**
 * Details in an error of our own service: numbers, and short words about who and where, which its texts are filled
 * with. Whatever else is there is dropped.
 */
export function errorDetails(body: Fields): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, detail] of Object.entries(asFields(body['details']))) {
    if (typeof detail === 'number' && NUMBERS.has(name)) kept[name] = detail;
    if (typeof detail === 'string' && WORDS.has(name) && /^[^\p{C}]{1,255}$/u.test(detail)) kept[name] = detail;
  }
  return kept;
}

const NUMBERS = new Set(['bytes', 'limit', 'length', 'pid', 'port', 'seconds', 'status']);
const WORDS = new Set([
  'account',
  'before',
  'cause',
  'code',
  'field',
  'folder',
  'host',
  'name',
  'origin',
  'path',
  'reason',
  'uid',
  'vault',
]);

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Fields with a meaning of their own; all others become `kwargs`. */
const KNOWN = new Set([
  'id',
  'uid',
  'name',
  'name_s',
  'description',
  'description_t',
  'variant',
  'variant_s',
  'secret_type',
  'type_s',
  'encoding',
  'kwargs',
  '__proto__',
]);

/** Longer texts are no facts about a secret but content that strayed. Chosen arbitrarily. */
const LONGEST_FACT = 500;

/**
 * What a service says of a secret, without its value, whatever it sent. Null when there is no uid that can be asked
 * for or no name that can be shown; nothing else is required.
 */
export function parseSecret(item: unknown): Secret | null {
  const fields = asFields(item);
  const uid = firstText(fields, ['uid', 'id']);
  const name = firstText(fields, ['name_s', 'name']);
  if (uid === undefined || !isUsableUid(uid) || name === undefined) return null;
  const type = firstText(fields, ['variant_s', 'variant', 'secret_type']) ?? 'generic';
  return {
    uid,
    name,
    description: firstText(fields, ['description_t', 'description']) ?? '',
    // The Python command line sends the name of its enumeration's member.
    type: type.replace(/^SecretVariant\.(\w+)$/, (_, member: string) => member.toLowerCase()),
    kwargs: { ...facts(asFields(fields['kwargs'])), ...facts(fields) },
  };
}

function firstText(fields: Fields, names: string[]): string | undefined {
  for (const name of names) {
    const text = fields[name];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}

/** Scalars only, and nothing whose name contains "value". */
function facts(fields: Fields): Record<string, Scalar> {
  const kept: Record<string, Scalar> = {};
  for (const name of Object.keys(fields)) {
    if (KNOWN.has(name) || /value/i.test(name)) continue;
    const fact = fields[name];
    if (
      fact === null ||
      typeof fact === 'number' ||
      typeof fact === 'boolean' ||
      (typeof fact === 'string' && fact.length <= LONGEST_FACT)
    )
      kept[name] = fact;
  }
  return kept;
}

/**
 * Whether a uid can be part of an address. Percent-encoding does not save `.` and `..`, which every URL parser
 * resolves; `values` and `provider` are other routes of the same API.
 */
export function isUsableUid(uid: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(uid) && !/[/\\]/.test(uid) && !['.', '..', 'values', 'provider'].includes(uid);
}

const ListShape = v.object({ secrets: v.array(v.unknown()) });

/**
 * The secrets of a list. One item that cannot be read does not hide the others: it is left out and counted, for the
 * caller to report. When no item can be read the whole answer makes no sense.
 * @throws protocol
 */
export function parseList(body: unknown): { secrets: Secret[]; skipped: number } {
  const { secrets: items } = parse(ListShape, body);
  const secrets: Secret[] = [];
  for (const item of items) {
    const secret = parseSecret(item);
    if (secret) secrets.push(secret);
  }
  if (items.length > 0 && secrets.length === 0) throw failure('protocol');
  return { secrets, skipped: items.length - secrets.length };
}

/** The secret that a create or a change answers with, or null where the service sends none. */
export function parseChanged(body: unknown): Secret | null {
  return body === undefined ? null : parseSecret(parseObject(body)['secret']);
}

const Marker = v.optional(v.nullable(v.picklist(['plain', 'base64'])));
const ValueShape = v.object({ secret: v.object({ value_s: v.string(), encoding: Marker }), encoding: Marker });

/**
 * The value of a single secret. A marker in the answer wins over what the caller expects.
 * @throws protocol
 */
export function parseValue(body: unknown, expected: ValueEncoding): SecretValue {
  const { secret, encoding } = parse(ValueShape, body);
  return readValue(secret.value_s, secret.encoding ?? encoding ?? expected);
}

export function parseAccount(body: unknown): Account {
  const profile = parseObject(parseObject(body)['profile']);
  const uid = firstText(profile, ['uid', 'id']);
  const email = firstText(profile, ['email_s', 'email']) ?? null;
  const handle = firstText(profile, ['handle_s', 'handle']) ?? email ?? uid;
  if (uid === undefined || handle === undefined) throw failure('protocol');
  return { uid, handle, email };
}

/** What has an own meaning of "not known" is read as that where a newer service says something new. */
const orNull = <T extends string>(known: readonly T[], said: unknown): T | null =>
  known.find((one) => one === said) ?? null;
const textOrNull = (said: unknown): string | null => (typeof said === 'string' ? said : null);

const AccountShape = v.object({ uid: v.string(), handle: v.string(), email: v.unknown() });
const toAccount = ({ email, ...account }: v.InferOutput<typeof AccountShape>): Account => ({
  ...account,
  email: textOrNull(email),
});

const SLOTS = ['keychain', 'passphrase', 'file'] as const;
const KEYCHAINS = ['available', 'no-session-bus', 'no-secret-service', 'not-loadable', 'unsupported'] as const;
const TOKEN_PLACES = ['shared-entry', 'own-entry', 'sealed', 'nowhere', 'environment'] as const;

const StatusShape = v.object({
  status: v.object({
    version: v.string(),
    protocol: v.number(),
    host: v.string(),
    pid: v.number(),
    state: v.picklist(['new', 'locked', 'open']),
    slots: v.array(v.unknown()),
    openedBy: v.unknown(),
    keychain: v.unknown(),
    quietUnlock: v.unknown(),
    failure: v.optional(v.unknown()),
  }),
});

export function parseStatus(body: unknown): ServiceStatus {
  const { failure: said, ...status } = parse(StatusShape, body).status;
  return {
    ...status,
    ...(said !== undefined && { failure: toFault(asFields(said)) }),
    slots: SLOTS.filter((slot) => status.slots.includes(slot)),
    openedBy: orNull(SLOTS, status.openedBy),
    keychain: orNull(KEYCHAINS, status.keychain) ?? 'unsupported',
    quietUnlock: status.quietUnlock === true,
  };
}

/** A cause that only a newer service knows is one all the same. */
function toFault(said: Fields): NonNullable<ServiceStatus['failure']> {
  return { code: kindNamed(said['code']) ?? 'unexpected', details: errorDetails(said) };
}

const VaultShape = v.object({
  id: v.string(),
  kind: v.picklist(['local', 'datalayer', 'team']),
  label: v.string(),
  origin: v.unknown(),
  state: v.picklist(['new', 'locked', 'open', 'signed-out', 'ready', 'failed']),
  account: v.nullable(AccountShape),
  tokenPlace: v.unknown(),
  failure: v.unknown(),
  damaged: v.optional(v.unknown()),
  revision: v.number(),
});

function toVault({
  account,
  origin,
  tokenPlace,
  failure,
  damaged,
  ...vault
}: v.InferOutput<typeof VaultShape>): VaultInfo {
  return {
    ...vault,
    ...(typeof damaged === 'number' && damaged > 0 && { damaged }),
    origin: textOrNull(origin),
    account: account && toAccount(account),
    tokenPlace: orNull(TOKEN_PLACES, tokenPlace),
    failure: textOrNull(failure),
  };
}

const OfferShape = v.object({ origin: v.string(), source: v.picklist(['datalayer-cli', 'environment']) });
const VaultsShape = v.object({ vaults: v.array(v.unknown()), offers: v.array(v.unknown()) });

/**
 * A vault or an offer of a kind that only a newer service knows is left out; the others stay usable. There may be none at
 * all: a Jupyter server need not allow one on its machine.
 * @throws protocol where there are vaults and none that is known
 */
export function parseVaults(body: unknown): { vaults: VaultInfo[]; offers: SignInOffer[] } {
  const { vaults, offers } = parse(VaultsShape, body);
  const known = readable(VaultShape, vaults).map(toVault);
  if (known.length === 0 && vaults.length > 0) throw failure('protocol');
  return { vaults: known, offers: readable(OfferShape, offers) };
}

function readable<T extends Schema>(schema: T, items: readonly unknown[]): v.InferOutput<T>[] {
  return items.map((item) => v.safeParse(schema, item)).flatMap(({ success, output }) => (success ? [output] : []));
}

const SignInShape = v.object({ vault: v.nullable(VaultShape), account: AccountShape });

export function parseSignIn(body: unknown): { vault: VaultInfo | null; account: Account } {
  const { vault, account } = parse(SignInShape, body);
  return { vault: vault && toVault(vault), account: toAccount(account) };
}

const AuditShape = v.object({
  events: v.array(
    v.object({
      seq: v.number(),
      at: v.string(),
      label: v.string(),
      scope: v.string(),
      action: v.string(),
      uid: v.nullable(v.string()),
      name: v.nullable(v.string()),
      outcome: v.string(),
      detail: v.nullable(v.string()),
    }),
  ),
});

export function parseAudit(body: unknown): AuditEntry[] {
  return parse(AuditShape, body).events;
}

const VerdictShape = v.object({ whole: v.boolean(), seq: v.optional(v.number()), reason: v.optional(v.string()) });

export function parseVerdict(body: unknown): { seq: number; reason: string } | null {
  const { whole, seq, reason } = parse(VerdictShape, body);
  return whole ? null : { seq: seq ?? 0, reason: reason ?? '' };
}

const ChangeShape = v.object({ vault: v.string(), revision: v.number() });

/** One event of the change stream, or null for one of a kind not known here. */
export function parseChange(data: string): { vault: string; revision: number } | null {
  try {
    const parsed = v.safeParse(ChangeShape, JSON.parse(data));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
