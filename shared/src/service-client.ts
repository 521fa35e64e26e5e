import { SecretsClient, type CallOptions, type ClientOptions } from './client.ts';
import { SecretsError } from './errors.ts';
import type { SecretValue } from './secret.ts';
import type { Account, AuditEntry, ServiceStatus, SignInOffer, SlotKind, VaultInfo } from './vaults.ts';

export interface SetupRequest {
  slot: SlotKind;
  passphrase?: SecretValue;
  keyFile?: string;
}
/** `slot` absent: whichever exists. `interactive`: a prompt of the keychain may appear. */
export interface UnlockRequest {
  slot?: SlotKind;
  passphrase?: SecretValue;
  keyFile?: string;
  interactive: boolean;
}
/** `check`: validate and return the account, add nothing. */
export interface SignInRequest {
  origin?: string;
  token?: SecretValue;
  source?: SignInOffer['source'];
  remember?: boolean;
  check?: boolean;
}

const todo = (): Promise<never> => Promise.reject(new SecretsError('unexpected', 'Not there yet.'));

export class ServiceClient {
  readonly options: ClientOptions;
  constructor(options: ClientOptions) {
    this.options = options;
  }
  status(_options?: CallOptions): Promise<ServiceStatus> {
    return todo();
  }
  setup(_request: SetupRequest, _options?: CallOptions): Promise<ServiceStatus> {
    return todo();
  }
  unlock(_request: UnlockRequest, _options?: CallOptions): Promise<ServiceStatus> {
    return todo();
  }
  lock(_options?: CallOptions): Promise<ServiceStatus> {
    return todo();
  }
  setPassphrase(_passphrase: SecretValue, _options?: CallOptions): Promise<ServiceStatus> {
    return todo();
  }
  vaults(_options?: CallOptions): Promise<{ vaults: VaultInfo[]; offers: SignInOffer[] }> {
    return todo();
  }
  signIn(_request: SignInRequest, _options?: CallOptions): Promise<{ vault: VaultInfo | null; account: Account }> {
    return todo();
  }
  signOut(_vaultId: string, _options?: { sharedEntryToo?: boolean } & CallOptions): Promise<void> {
    return todo();
  }
  // eslint-disable-next-line
  async *changes(_options: { signal: AbortSignal }): AsyncGenerator<{ vault: string; revision: number }> {
    await todo();
  }
  leave(_options?: CallOptions): Promise<void> {
    return todo();
  }
  stop(_options?: CallOptions): Promise<void> {
    return todo();
  }
  secrets(vaultId: string): SecretsClient {
    return new SecretsClient({ ...this.options, origin: `${this.options.origin}/vaults/${vaultId}` });
  }
  audit(_vaultId: string, _options?: { limit?: number; before?: number } & CallOptions): Promise<AuditEntry[]> {
    return todo();
  }
}
