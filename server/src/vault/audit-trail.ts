import { createHmac, hash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { hmac } from './envelope.ts';
import { decodeFields, encodeFields, numberOf, textOf, type Field } from './fields.ts';
import { FORMAT, NONCE_BYTES, seal, Unauthentic, unseal } from './seal.ts';
import type { AuditAction, AuditEvent } from './types.ts';
import { deriveKey } from './vault-keys.ts';

/** An event as it is stored: sealed, and chained to the one before. */
export interface AuditRow {
  readonly seq: number;
  readonly event: Buffer;
  readonly mac: Buffer;
}

/** An event before it has its place in the chain, and what it did to the secrets. */
export interface NewEvent extends Omit<AuditEvent, 'seq'> {
  readonly change?: Change | undefined;
}

/** What an event did to its secret: the digest of the metadata it has from now on, null when it is gone. */
export interface Change {
  readonly digest: Buffer | null;
  /** The uid that a replacement took the place of. */
  readonly gone?: string | undefined;
}

export interface OpenedEvent {
  readonly event: AuditEvent;
  readonly change: Change | null;
}

/** Where the chain stands: the last event, and a digest of all secrets that exist after it. */
export interface ChainHead {
  readonly seq: number;
  readonly mac: Buffer;
  readonly live: Buffer;
}

const MAC_BYTES = 32;
const ALL = Buffer.alloc(MAC_BYTES);

/**
 * The audit trail's cryptography: events are sealed whole, and each has
 * `mac = HMAC-SHA-256(previous mac, live, seq, sealed event)`. `live` is the exclusive-or of one HMAC per existing
 * secret over uid and metadata. It is nowhere stored, so whoever can write the file can neither re-chain events nor make
 * another set of secrets (one deleted, an old one put back) fit the last event.
 *
 * The keys come from a random key of the trail's own: it outlives the vault key, so a rotation leaves old events
 * verifiable. Nonces are random under one key, which is good for 2^32 events.
 */
export class AuditTrail {
  readonly #mac: KeyObject;
  readonly #seal: KeyObject;
  readonly #live: KeyObject;
  readonly #random: (size: number) => Buffer;
  readonly #aad: (seq: number) => Buffer;
  readonly #input = Buffer.alloc(2 * MAC_BYTES + 8);
  /** Before the first event. */
  readonly start: ChainHead;

  /** @param key the trail's own 32 bytes; not kept */
  constructor(key: Buffer, vaultId: string, random: (size: number) => Buffer) {
    this.#mac = deriveKey(key, vaultId, 'audit chain');
    this.#seal = deriveKey(key, vaultId, 'audit events');
    this.#live = deriveKey(key, vaultId, 'audit live');
    this.#random = random;
    this.#aad = surroundings(vaultId);
    this.start = { seq: 0, mac: hash('sha256', encodeFields([[1, FORMAT], [2, 'chain'], [3, vaultId]]), 'buffer'), live: ALL }; // prettier-ignore
  }

  /** What a secret contributes to `live`. */
  term(uid: string, digest: Buffer): Buffer {
    return hmac(this.#live, encodeFields([[1, uid], [2, digest]])); // prettier-ignore
  }

  /** @param head the last event, with the secrets that exist after the new one */
  seal({ seq: last, mac: before, live }: ChainHead, event: NewEvent): { row: AuditRow; head: ChainHead } {
    const seq = last + 1;
    const sealed = seal(this.#seal, this.#random(NONCE_BYTES), this.#aad(seq), encodeEvent(event));
    const mac = this.#macOf(before, live, seq, sealed);
    return { row: { seq, event: sealed, mac }, head: { seq, mac, live } };
  }

  /** @throws Unauthentic */
  open(row: AuditRow): OpenedEvent {
    return decodeEvent(row.seq, unseal(this.#seal, this.#aad(row.seq), row.event));
  }

  /** Whether `row` follows `before` when the secrets are those of `live`. */
  follows(before: Buffer, live: Buffer, row: AuditRow): boolean {
    return row.mac.length === MAC_BYTES && timingSafeEqual(this.#macOf(before, live, row.seq, row.event), row.mac);
  }

  #macOf(before: Buffer, live: Buffer, seq: number, sealed: Buffer): Buffer {
    this.#input.set(before, 0);
    this.#input.set(live, MAC_BYTES);
    this.#input.writeBigUInt64BE(BigInt(seq), 2 * MAC_BYTES);
    return createHmac('sha256', this.#mac).update(this.#input).update(sealed).digest();
  }
}

/** Seals the trail's key under the vault's. */
export function sealAuditKey(wrap: KeyObject, vaultId: string, key: Buffer, random: (size: number) => Buffer): Buffer {
  return seal(wrap, random(NONCE_BYTES), auditKeyAad(vaultId), key);
}

/** @throws Unauthentic */
export function openAuditKey(wrap: KeyObject, vaultId: string, sealed: Buffer): Buffer {
  return unseal(wrap, auditKeyAad(vaultId), sealed);
}

export function exclusiveOr(left: Buffer, right: Buffer): Buffer {
  const result = Buffer.from(left);
  for (let i = 0; i < result.length; i++) result[i] = (left[i] ?? 0) ^ (right[i] ?? 0);
  return result;
}

function auditKeyAad(vaultId: string): Buffer {
  return encodeFields([[1, FORMAT], [2, 'audit key'], [3, vaultId]]); // prettier-ignore
}

function encodeEvent({ at, label, scope, action, uid, name, outcome, detail, change }: NewEvent): Buffer {
  const fields: Field[] = [
    [1, Date.parse(at)],
    [2, label],
    [3, scope],
    [4, action],
    [5, outcome],
  ];
  if (uid !== null) fields.push([6, uid]);
  if (name !== null) fields.push([7, name]);
  if (detail !== null) fields.push([8, detail]);
  if (change !== undefined) fields.push([9, change.digest ?? '']);
  if (change?.gone !== undefined) fields.push([10, change.gone]);
  return encodeFields(fields);
}

function decodeEvent(seq: number, plain: Buffer): OpenedEvent {
  let fields;
  try {
    fields = decodeFields(plain);
  } catch {
    throw new Unauthentic();
  }
  const optional = (tag: number) => (fields.has(tag) ? textOf(fields.get(tag)) : null);
  const digest = fields.get(9);
  const gone = optional(10);
  return {
    event: {
      seq,
      at: new Date(numberOf(fields.get(1))).toISOString(),
      label: textOf(fields.get(2)),
      scope: textOf(fields.get(3)) as AuditEvent['scope'],
      action: textOf(fields.get(4)) as AuditAction,
      outcome: textOf(fields.get(5)) as AuditEvent['outcome'],
      uid: optional(6),
      name: optional(7),
      detail: optional(8) ?? gone,
    },
    change: digest === undefined ? null : { digest: digest.length === 0 ? null : digest, gone: gone ?? undefined },
  };
}

/** The additional data of an event: bytes laid out once, the sequence number written into them at each call. */
function surroundings(vaultId: string): (seq: number) => Buffer {
  const bytes = encodeFields([[1, FORMAT], [2, 'event'], [3, vaultId], [4, 0]]); // prettier-ignore
  return (seq) => {
    bytes.writeBigUInt64BE(BigInt(seq), bytes.length - 8);
    return bytes;
  };
}
