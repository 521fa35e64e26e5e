import { describe, expect, it } from 'vitest';
import { helloClientId, helloProof } from '@datalayer-secrets/shared';
import { Tokens } from '../../../../server/src/service/tokens.ts';

const tokens = () => new Tokens({ secret: 'a-secret-of-this-start-of-the-service', now: () => 1_700_000_000_000 });
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as unknown;

describe('tokens', () => {
  it('have the form that SDKs demand before they send one', () => {
    const token = tokens().mint('VS Code', 'full', 'local-1000');
    const parts = token.split('.');
    expect(parts).toHaveLength(3);
    expect(token.length).toBeGreaterThan(100);
    expect(token.length).toBeLessThan(1280);
    expect(parts[2]?.length).toBeGreaterThanOrEqual(20);
    expect(decode(parts[0])).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decode(parts[1])).toMatchObject({
      iss: 'datalayer-secrets', sub: 'local-1000', scope: 'full', label: 'VS Code', iat: 1_700_000_000,
    }); // prettier-ignore
  });

  it('fit a keychain entry on Windows even with the longest label', () => {
    expect(tokens().mint('é'.repeat(200), 'kernel', 'local-4294967295').length).toBeLessThan(1280);
  });

  it('are found by exactly their text', () => {
    const all = tokens();
    const token = all.mint('A', 'page', 'u');
    expect(all.find(token)).toEqual({ label: 'A', scope: 'page' });
    expect(all.find(`${token}x`)).toBeNull();
    expect(all.find(token.slice(0, -1))).toBeNull();
    expect(all.find('')).toBeNull();
  });

  it('of another start are unknown', () => {
    expect(tokens().find(tokens().mint('A', 'full', 'u'))).toBeNull();
  });

  it('prove themselves as shared computes it, for clients and for the secret of the run file', async () => {
    const all = tokens();
    for (const token of [all.mint('A', 'full', 'u'), 'a-secret-of-this-start-of-the-service']) {
      const proof = all.prove(await helloClientId(token), 'n'.repeat(32), 4711, 42);
      expect(proof).toBe(await helloProof(token, 'n'.repeat(32), 4711, 42));
    }
    expect(all.prove(await helloClientId('unknown'), 'n'.repeat(32), 4711, 42)).toBeNull();
  });

  it('are forgotten in order of use when there are far too many, the starter never', async () => {
    const all = tokens();
    const used = all.mint('used', 'full', 'u');
    const idle = all.mint('idle', 'full', 'u');
    for (let i = 0; i < 4_200; i++) {
      all.mint('more', 'full', 'u');
      all.find(used);
    }
    expect(all.find(used)).not.toBeNull();
    expect(all.find(idle)).toBeNull();
    expect(all.prove(await helloClientId(idle), 'n'.repeat(32), 1, 1)).toBeNull();
    expect(all.find('a-secret-of-this-start-of-the-service')).toBe('starter');
  });
});
