import { randomBytes } from 'node:crypto';
import { SecretsError, type SlotKind } from '@datalayer-secrets/shared';
import * as v from 'valibot';
import { encodeFields, type Field } from '../vault/fields.ts';
import { FORMAT, NONCE_BYTES, seal, unseal } from '../vault/seal.ts';
import { deriveKey } from '../vault/vault-keys.ts';
import type { Slot } from './slot-file.ts';

/** What a slot is bound to beside the vault: its kind and its parameters, in a fixed order. */
export interface Binding {
  readonly vaultId: string;
  readonly kind: SlotKind;
  readonly parameters: readonly (string | number)[];
}

/** Wraps the vault key under a slot's 32-byte secret; base64. */
export function wrapKey(secret: Buffer, binding: Binding, vaultKey: Buffer): string {
  return seal(slotKey(secret, binding), randomBytes(NONCE_BYTES), aadOf(binding), vaultKey).toString('base64');
}

/** @throws Unauthentic: another secret, or a changed slot */
export function unwrapKey(secret: Buffer, binding: Binding, wrapped: string): Buffer {
  return unseal(slotKey(secret, binding), aadOf(binding), Buffer.from(wrapped, 'base64'));
}

/** A slot's own fields. @throws SecretsError integrity */
export function fieldsOf<T extends v.GenericSchema>(schema: T, slot: Slot): v.InferOutput<T> {
  const parsed = v.safeParse(schema, slot);
  if (!parsed.success) throw damagedSlot(slot.kind);
  return parsed.output;
}

export function damagedSlot(kind: string): SecretsError {
  const details = { reason: 'vault-file', name: 'vault.json' };
  return new SecretsError('integrity', `The ${kind} slot in vault.json is damaged.`, details);
}

function slotKey(secret: Buffer, { vaultId, kind }: Binding) {
  return deriveKey(secret, vaultId, `slot ${kind}`);
}

function aadOf({ vaultId, kind, parameters }: Binding): Buffer {
  const fields: Field[] = [
    [1, FORMAT],
    [2, 'slot'],
    [3, vaultId],
    [4, kind],
  ];
  return encodeFields([...fields, ...parameters.map((parameter, index): Field => [5 + index, parameter])]);
}
