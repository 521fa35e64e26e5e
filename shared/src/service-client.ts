import { SecretsClient } from './client.ts';
import type { CallOptions } from './endpoint.ts';
import { SecretsError } from './errors.ts';
import { readEvents } from './events.ts';
import { failureOfNetwork } from './failures.ts';
import { API, PageServiceClient, PROMPT_MS, usableId } from './page-service.ts';
import { signed, type ClientOptions } from './signed.ts';
import type { AuditEntry } from './vaults.ts';
import { parseAudit, parseChange, parseVerdict } from './program-wire.ts';

/** The service sends a comment every 20 s; after three that did not come the stream is dead. */
const SILENCE_MS = 60_000;

/** The service on this machine: its state, its vaults, and a `SecretsClient` for each of them. */
export class ServiceClient extends PageServiceClient {
  /** @throws invalid, reason `address`, `insecure` (a token, and no https) or `token` */
  constructor(options: ClientOptions) {
    super(signed(options));
  }

  /**
   * What changed, from now on; first the present revision of each vault. Ends when the service ends the stream or the
   * signal aborts.
   * @throws offline where the connection was lost, or was silent for 60 s
   */
  async *changes({
    signal,
  }: {
    readonly signal: AbortSignal;
  }): AsyncGenerator<{ vault: string; revision: number }, void> {
    try {
      const stream = await this.endpoint.open(`${API}/changes`, 'text/event-stream', signal);
      for await (const event of readEvents(stream, SILENCE_MS)) {
        const change = parseChange(event);
        if (change) yield change;
      }
    } catch (error) {
      if (signal.aborted) return;
      throw error instanceof SecretsError ? error : failureOfNetwork(error, {}, false);
    }
  }

  /** This client will not come back: the service may end soon. */
  async leave(options?: CallOptions): Promise<void> {
    await this.endpoint.ask('POST', `${API}/leave`, { ...options, body: {} });
  }

  /**
   * Ends the service. `replacement`: a newer one asks; false is the answer where the user would have to unlock or sign
   * in again because of it, and the service stays.
   */
  async stop({ replacement, signal }: { replacement?: boolean } & CallOptions = {}): Promise<boolean> {
    const answer = await this.endpoint.ask('POST', `${API}/stop`, { signal, body: { replacement } });
    return answer?.['stopping'] !== false;
  }

  override secrets(vaultId: string): SecretsClient {
    return new SecretsClient(this.ofVault(vaultId));
  }

  /** Newest first. @throws not_found for a vault that keeps its audit trail itself */
  async audit(vaultId: string, options: { limit?: number; before?: number } & CallOptions = {}): Promise<AuditEntry[]> {
    const { limit, before, signal } = options;
    const query = new URLSearchParams();
    if (limit !== undefined) query.set('limit', String(limit));
    if (before !== undefined) query.set('before', String(before));
    return parseAudit(
      await this.endpoint.ask('GET', `${auditOf(vaultId)}?${query.toString()}`, { signal, maxBytes: 1 << 24 }),
    );
  }

  /** Replays the audit trail: null when it is whole, else its first bad event. */
  async verifyAudit(vaultId: string, options?: CallOptions): Promise<{ seq: number; reason: string } | null> {
    return parseVerdict(
      await this.endpoint.ask('GET', `${auditOf(vaultId)}/verify`, { ...options, timeoutMs: PROMPT_MS }),
    );
  }
}

function auditOf(vaultId: string): string {
  return `/vaults/${usableId(vaultId)}${API}/audit`;
}
