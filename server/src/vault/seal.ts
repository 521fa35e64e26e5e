import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** First byte of everything sealed. A later way of sealing takes the next number. */
export const FORMAT = 1;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
/** Without it Node accepts tags of four bytes. */
const OPTIONS = { authTagLength: TAG_BYTES } as const;
const BODY = 1 + NONCE_BYTES;

/** Something sealed does not open: another key, other surroundings, or changed bytes. Which of them cannot be told. */
export class Unauthentic extends Error {
  constructor() {
    super('does not authenticate');
    this.name = 'Unauthentic';
  }
}

/**
 * AES-256-GCM: format byte, nonce, ciphertext, tag. `aad` is what the bytes are bound to. The key is a KeyObject, since
 * Node takes four times as long with bare bytes.
 */
export function seal(key: KeyObject, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(aad);
  const body = cipher.update(plain);
  cipher.final();
  const sealed = Buffer.allocUnsafeSlow(BODY + body.length + TAG_BYTES);
  sealed[0] = FORMAT;
  sealed.set(nonce, 1);
  sealed.set(body, BODY);
  sealed.set(cipher.getAuthTag(), BODY + body.length);
  return sealed;
}

/** @throws Unauthentic */
export function unseal(key: KeyObject, aad: Uint8Array, sealed: Buffer): Buffer {
  const end = sealed.length - TAG_BYTES;
  if (end < BODY || sealed[0] !== FORMAT) throw new Unauthentic();
  try {
    const decipher = createDecipheriv(CIPHER, key, sealed.subarray(1, BODY), OPTIONS);
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(BODY, end));
    decipher.final();
    return plain;
  } catch {
    throw new Unauthentic();
  }
}

/** The tag by which sealed bytes are recognised. */
export function tagOf(sealed: Buffer): Buffer {
  return sealed.subarray(sealed.length - TAG_BYTES);
}
