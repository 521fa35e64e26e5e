import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeCall, FIELD, METHOD_CALL } from '../../../../server/src/keys/dbus/wire.ts';

const CALL = {
  destination: 'org.freedesktop.secrets',
  path: '/org/freedesktop/secrets',
  interface: 'org.freedesktop.Secret.Service',
  member: 'SearchItems',
  signature: 'a{ss}',
  body: [new Map([['service', 'https://example.org'], ['username', 'ü']])], // prettier-ignore
};

/** A message in big-endian order, as a service on such a machine would send it: `GetNameOwner` answered with a variant. */
const BIG_ENDIAN = Buffer.from(
  [
    '42020001', '0000000c', '00000001', '0000000f', // B, return, 12 bytes of body, serial 1, 15 bytes of fields
    '05017500', '00000007', // replies to 7
    '08016700', '01760000', // signature v
    '01730000', '00000003', '61626300', // a variant with the text "abc"
  ].join(''), 'hex'); // prettier-ignore

describe('D-Bus messages', () => {
  it('come back as they were written', () => {
    const bytes = encodeCall(3, CALL);
    const decoded = decodeMessage(bytes);
    expect(decoded?.end).toBe(bytes.length);
    expect(decoded?.message.type).toBe(METHOD_CALL);
    expect(decoded?.message.body).toEqual(CALL.body);
    expect(decoded?.message.fields.get(FIELD.destination)).toBe(CALL.destination);
    expect(decoded?.message.fields.get(FIELD.path)).toBe(CALL.path);
  });

  it('that are not complete yet are waited for, at any byte', () => {
    const bytes = encodeCall(3, CALL);
    for (let length = 0; length < bytes.length; length++) expect(decodeMessage(bytes.subarray(0, length))).toBeNull();
  });

  it('of either byte order are read', () => {
    const { message, end } = decodeMessage(BIG_ENDIAN) ?? {};
    expect(end).toBe(BIG_ENDIAN.length);
    expect(message?.fields.get(FIELD.replySerial)).toBe(7);
    expect(message?.body).toEqual(['abc']);
  });

  it('that claim to be endless are refused instead of waited for', () => {
    const bytes = encodeCall(3, CALL);
    bytes.writeUInt32LE(0xfffffff0, 4);
    expect(() => decodeMessage(bytes)).toThrow(RangeError);
  });

  it('with any byte changed either decode or are refused, and never read beyond their end', () => {
    const bytes = encodeCall(3, CALL);
    for (let i = 0; i < bytes.length; i++) {
      for (const value of [0, 1, 127, 255]) {
        const changed = Buffer.from(bytes);
        changed[i] = value;
        let end = 0;
        try {
          end = decodeMessage(changed)?.end ?? 0;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(end).toBeLessThanOrEqual(bytes.length);
      }
    }
  });
});
