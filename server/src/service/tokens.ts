import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Scope } from '@datalayer-secrets/shared';
import type { Principal } from '../vault/types.ts';

const DAY_S = 86_400;
/** Far more clients than one user has; the least recently used token makes room. */
const MAX_TOKENS = 4_096;

interface Entry {
  readonly key: string;
  readonly digest: Buffer;
  readonly principal: Principal | 'starter';
  /** HMAC key of the challenge; the token itself is not kept. */
  readonly helloKey: Buffer;
}

/**
 * The tokens of this start of the service: one per client, in memory only. The secret of the run file counts as a token
 * that can do one thing, mint others.
 */
export class Tokens {
  readonly #byDigest = new Map<string, Entry>();
  readonly #byClient = new Map<string, Entry>();
  readonly #signingKey = randomBytes(32);
  readonly #now: () => number;

  constructor(options: { secret: string; now: () => number }) {
    this.#now = options.now;
    this.#add(options.secret, 'starter');
  }

  /**
   * JWT-shaped, because SDKs look at a token's form before they send it: HS256, header `alg` and `typ`, payload `iss`,
   * `sub`, `jti`, `iat`, `exp`, `scope`, `label`. It ends with this process, however far `exp` is away.
   */
  mint(label: string, scope: Scope, subject: string): string {
    const iat = Math.floor(this.#now() / 1000);
    const jti = randomBytes(16).toString('base64url');
    const head = part({ alg: 'HS256', typ: 'JWT' });
    const body = part({ iss: 'datalayer-secrets', sub: subject, jti, iat, exp: iat + 365 * DAY_S, scope, label });
    const signature = createHmac('sha256', this.#signingKey).update(`${head}.${body}`).digest('base64url');
    const token = `${head}.${body}.${signature}`;
    this.#add(token, { label, scope });
    return token;
  }

  /** Who holds this token. Found by its hash, so the time taken says nothing about the token. */
  find(token: string): Principal | 'starter' | null {
    const digest = sha256(token);
    const entry = this.#byDigest.get(digest.toString('latin1'));
    if (entry === undefined || !timingSafeEqual(entry.digest, digest)) return null;
    this.#touch(entry);
    return entry.principal;
  }

  /** Hex HMAC over nonce, port and pid with the client's own token, or null for an unknown client. */
  prove(client: string, nonce: string, port: number, pid: number): string | null {
    const entry = this.#byClient.get(client);
    if (entry === undefined) return null;
    return createHmac('sha256', entry.helloKey).update(`${nonce}\n${port}\n${pid}`).digest('hex');
  }

  #add(token: string, principal: Principal | 'starter'): void {
    const helloKey = createHmac('sha256', token).update('datalayer-secrets hello').digest();
    const digest = sha256(token);
    const entry = { key: digest.toString('latin1'), digest, principal, helloKey };
    this.#byDigest.set(entry.key, entry);
    this.#byClient.set(clientId(token), entry);
    if (this.#byDigest.size > MAX_TOKENS) this.#forgetOldest();
  }

  /** A Map keeps the order of insertion: the oldest use comes first. */
  #touch(entry: Entry): void {
    this.#byDigest.delete(entry.key);
    this.#byDigest.set(entry.key, entry);
  }

  #forgetOldest(): void {
    for (const [key, entry] of this.#byDigest) {
      if (entry.principal === 'starter') continue;
      this.#byDigest.delete(key);
      for (const [client, other] of this.#byClient) if (other === entry) this.#byClient.delete(client);
      return;
    }
  }
}

/** The same as `helloClientId` of shared, without its promise. */
function clientId(token: string): string {
  return createHash('sha256').update(`datalayer-secrets client\n${token}`).digest('base64url').slice(0, 22);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
