import {
  failure,
  SecretsClient,
  SecretValue,
  type Account,
  type Fetch,
  type SignInOffer,
  type TokenPlace,
} from '@datalayer-secrets/shared';
import { QUIET_MS } from './remote-vault.ts';
import { clicked, type TokenPlaces } from './token-places.ts';

/** Longest token accepted; npm's client stops at 5,000 characters. */
const MAX_TOKEN = 16_384;

export interface SignIn {
  readonly origin: string;
  readonly token: SecretValue;
  readonly account: Account;
  /** Where the token already lies; null: nowhere yet. */
  readonly place: TokenPlace | null;
  /** Whether the keychain gave it without asking anybody; null: it was not asked. */
  readonly quiet: boolean | null;
}

export interface SignInParts {
  readonly places: TokenPlaces;
  readonly fetch: Fetch;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  /** The one origin that `DATALAYER_API_KEY` of the service's environment is meant for. */
  readonly defaultOrigin: string;
}

/**
 * Finds the token that is meant (given, from the Datalayer CLI's keychain entry, or from `DATALAYER_API_KEY`) and asks
 * the service whose it is. Stores nothing.
 * @throws unauthenticated where there is no token or the service refuses it; invalid where it cannot be one.
 */
export async function checkSignIn(
  request: { origin: string; token?: SecretValue; source?: SignInOffer['source'] },
  parts: SignInParts,
): Promise<SignIn> {
  const { origin, source } = request;
  const place =
    source === 'environment' ? 'environment' : source === 'datalayer-cli' && !request.token ? 'shared-entry' : null;
  const started = parts.now();
  const token = request.token ?? (await findToken(origin, source, parts));
  const quiet = place === 'shared-entry' ? parts.now() - started < QUIET_MS : null;
  const text = usableToken(token);
  const account = await new SecretsClient({ origin, token: text, fetch: parts.fetch }).whoami({ signal: parts.signal });
  return { origin, token: new SecretValue(text), account, place, quiet };
}

async function findToken(
  origin: string,
  source: SignInOffer['source'] | undefined,
  parts: SignInParts,
): Promise<SecretValue> {
  if (source === 'datalayer-cli') {
    const found = await parts.places.read('shared-entry', origin, clicked(parts.signal));
    if (found) return found;
    throw failure('unauthenticated', { host: new URL(origin).host }); // signed out there meanwhile
  }
  const key =
    source === 'environment' && origin === parts.defaultOrigin ? parts.environment['DATALAYER_API_KEY'] : undefined;
  if (key) return new SecretValue(key);
  throw failure('invalid', { field: 'token' });
}

/** What a paste adds around a token goes; what could not stand in a header is refused. */
function usableToken(token: SecretValue): string {
  const text = token.expose().trim();
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= MAX_TOKEN) return text;
  throw failure('invalid', { reason: 'token', field: 'token' });
}
