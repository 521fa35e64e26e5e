import * as v from 'valibot';
import { toSecretsError, type Fetch, type SecretValue } from '@datalayer-secrets/shared';

const TIMEOUT_MS = 10_000;

export interface Capabilities {
  /** It has a route that puts a new value under the same name in one step. */
  readonly replace: boolean;
  readonly audit: boolean;
  readonly readOnly: boolean;
}

const NONE: Capabilities = { replace: false, audit: false, readOnly: false };

const Answer = v.object({
  capabilities: v.object({ replace: v.boolean(), audit: v.boolean(), readOnly: v.boolean() }),
});

/** Answers by which a service says that there is no such route. */
const UNKNOWN_ROUTE: readonly number[] = [404, 405, 410, 501];

/**
 * What a remote service offers beyond Datalayer's API. Datalayer's hosted service does not know the question, which
 * means "nothing". Null: the answer (a refusal, a fault) says neither.
 * @throws offline, timeout, proxy, certificate where there was no answer at all
 */
export async function askCapabilities(origin: string, token: SecretValue, fetch: Fetch): Promise<Capabilities | null> {
  const response = await fetch(`${origin}/api/vault/v1/capabilities`, {
    headers: { authorization: `Bearer ${token.expose()}`, accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw toSecretsError(error);
  });
  if (!response.ok) {
    void response.body?.cancel().catch(() => undefined);
    return UNKNOWN_ROUTE.includes(response.status) ? NONE : null;
  }
  const parsed = v.safeParse(Answer, await response.json().catch(() => null));
  return parsed.success ? parsed.output.capabilities : NONE;
}
