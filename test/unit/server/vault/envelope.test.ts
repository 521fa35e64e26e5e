import { describe, expect, it } from 'vitest';
import { Envelope, valueMark } from '../../../../server/src/vault/envelope.ts';
import { seal, Unauthentic, unseal } from '../../../../server/src/vault/seal.ts';
import { deriveKey, deriveVaultKeys } from '../../../../server/src/vault/vault-keys.ts';
import { countedBytes } from '../../../fixtures/vault.ts';

const UID = '01J0000000000000000000000A';
const OTHER = '01J0000000000000000000000B';
const SECRET = {
  uid: UID,
  name: 'API_KEY',
  description: 'for tests',
  type: 'key',
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-02-03T04:05:06.789Z',
};

function envelope(vaultId = 'a-vault', account = 'local', fill = 7): Envelope {
  return new Envelope(deriveVaultKeys(Buffer.alloc(32, fill), vaultId), { vaultId, account }, countedBytes());
}

describe('sealing, format 1 (frozen: files on disk depend on every byte)', () => {
  it('derives the same keys', () => {
    expect(deriveVaultKeys(Buffer.alloc(32, 7), 'a-vault').check.toString('hex')).toBe(
      'cd1c0664926ae66d726085df42f8c1c9637e90feb78e4d688f3b6b40843d2888',
    );
  });

  it('seals a value and its key to the same bytes', () => {
    const { dek, value } = envelope().sealValue(UID, Buffer.from('the value'));
    expect(value.toString('hex')).toBe('01cabdbdfa02c612a9652e5e49ffa3e4669d4c20e84422b89fbd048128acb8e7050601317ef5');
    expect(dek.toString('hex')).toBe(
      '0165db9180b25e68ffcdb4deb4e1e1f85c45aaa505c44aa2c334346709642c2e375badc4ceff23f54ff44b8268c3565935c2f49c9cc8469b439c9410f3',
    );
  });

  it('seals metadata to the same bytes', () => {
    const mark = valueMark(envelope().sealValue(UID, Buffer.from('the value')));
    expect(envelope().sealMeta(SECRET, mark).toString('hex')).toBe(
      '01b280d41aeb995be37ebe7594ebf0ef01b97ec648bd9a51af6c5ec2191dac501a2a9220f1b7ce3075131815143f108158e10ad09ccba5f0ed262caf618c10b608363790252a36d5e48289e5d38db3c010db42a077279131ebf0d8955196962e9124b747bac2cba924449ce310282f1e1f7aec6bcd500e4ce065591da48b',
    );
  });

  it('gives a name the same tag', () => {
    expect(envelope().nameTag('API_KEY').toString('hex')).toBe(
      '5736d5a2481e380ceeb4b211e352690c2c2ea9524c23f8a0b16aeace7a27f88b',
    );
  });
});

describe('a value on disk', () => {
  it('can be opened by hand with HKDF-SHA-256 and AES-256-GCM, as docs and comments say', async () => {
    const { dek, value } = envelope().sealValue(UID, Buffer.from('the value'));
    const text = (content: string) => [0, 0, 0, content.length, ...Buffer.from(content)];
    const number = (content: number) => [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, content];
    const aad = (purpose: string) => [
      1,
      ...number(1),
      2,
      ...text(purpose),
      3,
      ...text('a-vault'),
      4,
      ...text('local'),
      5,
      ...text(UID),
    ];
    const open = async (key: CryptoKey, additionalData: number[], sealed: Buffer) => {
      const parameters = {
        name: 'AES-GCM',
        iv: sealed.subarray(1, 13),
        additionalData: Uint8Array.from(additionalData),
      };
      return new Uint8Array(await crypto.subtle.decrypt(parameters, key, Uint8Array.from(sealed.subarray(13))));
    };
    const vaultKey = await crypto.subtle.importKey('raw', new Uint8Array(32).fill(7), 'HKDF', false, ['deriveKey']);
    const derivation = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: Buffer.from('a-vault'),
      info: Buffer.from('datalayer-secrets/1 vault wrap'),
    };
    const wrap = await crypto.subtle.deriveKey(derivation, vaultKey, { name: 'AES-GCM', length: 256 }, false, [
      'decrypt',
    ]);
    const raw = await open(wrap, [...aad('dek'), 6, ...number(1)], dek);
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    expect(Buffer.from(await open(key, aad('value'), value)).toString()).toBe('the value');
  });
});

describe('a sealed value', () => {
  it('opens to the same bytes, also none and 64 KB of them', () => {
    for (const value of [Buffer.alloc(0), Buffer.from([0, 255, 13, 10]), Buffer.alloc(65_536, 'ü')]) {
      expect(envelope().openValue(UID, envelope().sealValue(UID, Buffer.from(value)))).toEqual(value);
    }
  });

  it('has a key of its own each time', () => {
    const sealing = envelope();
    const [a, b] = [sealing.sealValue(UID, Buffer.from('same')), sealing.sealValue(UID, Buffer.from('same'))];
    expect(a.value.equals(b.value)).toBe(false);
    expect(() => envelope().openValue(UID, { dek: a.dek, value: b.value })).toThrow(Unauthentic);
  });

  it.each([
    ['another uid', () => envelope(), OTHER],
    ['another vault', () => envelope('b-vault'), UID],
    ['another account', () => envelope('a-vault', 'other'), UID],
    ['another vault key', () => envelope('a-vault', 'local', 8), UID],
    ['no uid at all', () => envelope(), 'x'],
  ])('does not open for %s', (_, other, uid) => {
    const sealed = envelope().sealValue(UID, Buffer.from('the value'));
    expect(() => other().openValue(uid, sealed)).toThrow(Unauthentic);
  });

  it('does not open once any byte of it was changed', () => {
    const sealed = envelope().sealValue(UID, Buffer.from('the value'));
    for (const part of ['dek', 'value'] as const) {
      for (let i = 0; i < sealed[part].length; i++) {
        const changed = Buffer.from(sealed[part]);
        changed[i] = (changed[i] ?? 0) ^ 1;
        expect(() => envelope().openValue(UID, { ...sealed, [part]: changed })).toThrow(Unauthentic);
      }
    }
  });

  it('does not open with a tag that was cut short', () => {
    const { dek, value } = envelope().sealValue(UID, Buffer.from('the value'));
    for (let length = 0; length < value.length; length++)
      expect(() => envelope().openValue(UID, { dek, value: value.subarray(0, length) })).toThrow(Unauthentic);
  });

  it('does not open as metadata, nor the reverse: a key has one purpose', () => {
    const sealed = envelope().sealValue(UID, Buffer.from('the value'));
    expect(() => envelope().openMeta(UID, sealed.dek)).toThrow(Unauthentic);
    const meta = envelope().sealMeta(SECRET, valueMark(sealed));
    expect(() => envelope().openValue(UID, { dek: meta, value: sealed.value })).toThrow(Unauthentic);
  });
});

describe('sealed metadata', () => {
  it('opens to the same record', () => {
    const mark = Buffer.alloc(32, 1);
    expect(envelope().openMeta(UID, envelope().sealMeta(SECRET, mark))).toEqual({ record: SECRET, valueMark: mark });
  });

  it('does not open for another uid', () => {
    const meta = envelope().sealMeta(SECRET, Buffer.alloc(32));
    expect(() => envelope().openMeta(OTHER, meta)).toThrow(Unauthentic);
  });
});

describe('tags of names', () => {
  it('are equal for equal names only, and differ by vault', () => {
    expect(envelope().nameTag('A')).toEqual(envelope().nameTag('A'));
    expect(envelope().nameTag('A')).not.toEqual(envelope().nameTag('B'));
    expect(envelope().nameTag('A')).not.toEqual(envelope('b-vault').nameTag('A'));
  });
});

describe('a format of the future', () => {
  it('is not opened as if it were ours', () => {
    const key = deriveKey(Buffer.alloc(32), 'v', 'test');
    const sealed = seal(key, Buffer.alloc(12), Buffer.alloc(1), Buffer.from('x'));
    sealed[0] = 2;
    expect(() => unseal(key, Buffer.alloc(1), sealed)).toThrow(Unauthentic);
  });
});
