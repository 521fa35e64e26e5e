import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { helloClientId, helloProof } from '../../../shared/src/hello.ts';

describe('the greeting', () => {
  it('names a client by 22 characters that do not give its token away', async () => {
    const expected = createHash('sha256').update('datalayer-secrets client\ntoken-1').digest('base64url').slice(0, 22);
    expect(await helloClientId('token-1')).toBe(expected);
    expect(expected).toMatch(/^[\w-]{22}$/);
  });

  it('is proved by an HMAC over nonce, port and process', async () => {
    const key = createHmac('sha256', 'token-1').update('datalayer-secrets hello').digest();
    const expected = createHmac('sha256', key).update('nonce\n4711\n42').digest('hex');
    expect(await helloProof('token-1', 'nonce', 4711, 42)).toBe(expected);
  });

  it('has one proof per token, nonce, port and process', async () => {
    const proofs = await Promise.all([
      helloProof('a', 'n', 1, 2),
      helloProof('b', 'n', 1, 2),
      helloProof('a', 'm', 1, 2),
      helloProof('a', 'n', 2, 2),
      helloProof('a', 'n', 1, 3),
      helloProof('a', 'n\n1', 1, 2),
    ]);
    expect(new Set(proofs).size).toBe(proofs.length);
  });

  it('keeps its form', async () => {
    expect(await helloClientId('t')).toBe('kBUZVv72gNTLSLtdXjCTIk');
    expect(await helloProof('t', 'n', 1, 2)).toBe('cb5c0698f977e8074690894f4b56ac3a46d1af8e0180f5c53ea18b26c4465b30');
  });
});
