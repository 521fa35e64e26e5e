import { failure, kindNamed } from './error-table.ts';
import type { Scalar, Secret } from './secret.ts';
import * as shape from './shape.ts';
import type { Account, ServiceStatus, SignInOffer, VaultInfo } from './vaults.ts';

/**
 * JSON on the wire -> domain objects. Field names and the ways in which services differ: Datalayer's IAM API as
 * `datalayer_core` 1.1 to 1.2 (Python) and `@datalayer/core` 0.0 to 1.2 (npm) use it. What is not known is dropped here.
 * What a page has no need of is in `program-wire.ts`.
 */

type Fields = Readonly<Record<string, unknown>>;

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

/** Nothing in what is no JSON object. */
export function asFields(value: unknown): Fields {
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

export function firstText(fields: Fields, names: string[]): string | undefined {
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

const ListShape = shape.fields({ secrets: shape.list });

/**
 * The secrets of a list. One item that cannot be read does not hide the others: it is left out and counted, for the
 * caller to report. When no item can be read the whole answer makes no sense.
 * @throws protocol
 */
export function parseList(body: unknown): { secrets: Secret[]; skipped: number } {
  const { secrets: items } = ListShape(body);
  const secrets: Secret[] = [];
  for (const item of items) {
    const secret = parseSecret(item);
    if (secret) secrets.push(secret);
  }
  if (items.length > 0 && secrets.length === 0) throw failure('protocol');
  return { secrets, skipped: items.length - secrets.length };
}

/** The secret that a create or a change answers with, or null where the service sends none. */
export function parseChanged(body: Fields | undefined): Secret | null {
  return body ? parseSecret(body['secret']) : null;
}

/** What has an own meaning of "not known" is read as that where a newer service says something new. */
const orNull = <T extends string>(known: readonly T[], said: unknown): T | null =>
  known.find((one) => one === said) ?? null;
const textOrNull = (said: unknown): string | null => (typeof said === 'string' ? said : null);

const AccountShape = shape.fields({ uid: shape.text, handle: shape.text, email: shape.anything });
const toAccount = ({ email, ...account }: shape.Read<typeof AccountShape>): Account => ({
  ...account,
  email: textOrNull(email),
});

const SLOTS = ['keychain', 'passphrase', 'file'] as const;
const KEYCHAINS = ['available', 'no-session-bus', 'no-secret-service', 'not-loadable', 'unsupported'] as const;
const TOKEN_PLACES = ['shared-entry', 'own-entry', 'sealed', 'nowhere', 'environment'] as const;

const StatusShape = shape.fields({
  status: shape.fields({
    version: shape.text,
    protocol: shape.number,
    host: shape.text,
    pid: shape.number,
    state: shape.oneOf('new', 'locked', 'open'),
    slots: shape.list,
    openedBy: shape.anything,
    keychain: shape.anything,
    quietUnlock: shape.anything,
    failure: shape.anything,
  }),
});

export function parseStatus(body: unknown): ServiceStatus {
  const { failure: said, ...status } = StatusShape(body).status;
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

const VaultShape = shape.fields({
  id: shape.text,
  kind: shape.oneOf('local', 'datalayer', 'team'),
  label: shape.text,
  origin: shape.anything,
  state: shape.oneOf('new', 'locked', 'open', 'signed-out', 'ready', 'failed'),
  account: shape.orNull(AccountShape),
  tokenPlace: shape.anything,
  failure: shape.anything,
  damaged: shape.anything,
  revision: shape.number,
});

function toVault({
  account,
  origin,
  tokenPlace,
  failure,
  damaged,
  ...vault
}: shape.Read<typeof VaultShape>): VaultInfo {
  return {
    ...vault,
    ...(typeof damaged === 'number' && damaged > 0 && { damaged }),
    origin: textOrNull(origin),
    account: account && toAccount(account),
    tokenPlace: orNull(TOKEN_PLACES, tokenPlace),
    failure: textOrNull(failure),
  };
}

const OfferShape = shape.fields({ origin: shape.text, source: shape.oneOf('datalayer-cli', 'environment') });
const VaultsShape = shape.fields({ vaults: shape.list, offers: shape.list });

/**
 * A vault or an offer of a kind that only a newer service knows is left out; the others stay usable. There may be none at
 * all: a Jupyter server need not allow one on its machine.
 * @throws protocol where there are vaults and none that is known
 */
export function parseVaults(body: unknown): { vaults: VaultInfo[]; offers: SignInOffer[] } {
  const { vaults, offers } = VaultsShape(body);
  const known = shape.fitting(VaultShape, vaults).map(toVault);
  if (known.length === 0 && vaults.length > 0) throw failure('protocol');
  return { vaults: known, offers: shape.fitting(OfferShape, offers) };
}

const SignInShape = shape.fields({ vault: shape.orNull(VaultShape), account: AccountShape });

export function parseSignIn(body: unknown): { vault: VaultInfo | null; account: Account } {
  const { vault, account } = SignInShape(body);
  return { vault: vault && toVault(vault), account: toAccount(account) };
}
