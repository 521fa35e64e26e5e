import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteVaults, type RemoteVaultsOptions } from '../../../server/src/remote/remote-vaults.ts';
import { openVault, stageVault } from '../../../server/src/vault/open.ts';
import type { Principal, Vault } from '../../../server/src/vault/types.ts';
import { startDatalayerService, type DatalayerService, type ServiceOptions } from '../../fixtures/datalayer-service.ts';
import { MemoryKeychain } from '../../unit/server/remote/memory-keychain.ts';

export const EDITOR: Principal = { label: 'an editor', scope: 'full' };

/**
 * A user's machine: a folder, a keychain, a real local vault that can be opened and locked, and the remote vaults on
 * them; `restart` ends the service and starts it anew. `datalayer` stands for the hosted service.
 */
export class Machine {
  readonly home: string;
  readonly datalayer: DatalayerService;
  readonly keychain = new MemoryKeychain();
  readonly logged: string[] = [];
  readonly changes: string[] = [];
  vault: Vault | null = null;
  remotes!: RemoteVaults;
  readonly #options: Partial<RemoteVaultsOptions>;
  readonly #key = randomBytes(32);

  private constructor(home: string, datalayer: DatalayerService, options: Partial<RemoteVaultsOptions>) {
    this.home = home;
    this.datalayer = datalayer;
    this.#options = options;
  }

  static async start(options: Partial<RemoteVaultsOptions> = {}, service: ServiceOptions = {}): Promise<Machine> {
    const home = await mkdtemp(join(tmpdir(), 'remotes-'));
    const machine = new Machine(home, await startDatalayerService(service), options);
    await machine.restart();
    return machine;
  }

  async restart(options: Partial<RemoteVaultsOptions> = {}): Promise<void> {
    await (this.remotes as RemoteVaults | undefined)?.close();
    await this.lock();
    this.remotes = new RemoteVaults({
      home: this.home,
      keychain: this.keychain,
      local: () => this.vault,
      environment: { DATALAYER_IAM_URL: this.datalayer.origin },
      log: (event, fields) => void this.logged.push(JSON.stringify({ event, ...fields })),
      now: () => this.keychain.now,
      platform: 'darwin',
      configFile: join(this.home, 'no-config.json'),
      ...this.#options,
      ...options,
    });
    await this.remotes.load();
    this.remotes.onChange((id) => void this.changes.push(id));
  }

  /** Sets up or unlocks the local vault. */
  async open(): Promise<Vault> {
    const options = { file: join(this.home, 'vault.db'), id: 'test-vault', key: this.#key };
    if (!existsSync(options.file)) await stageVault(options);
    this.vault = await openVault(options);
    await this.remotes.localVaultOpened();
    return this.vault;
  }

  async lock(): Promise<void> {
    const vault = this.vault;
    this.vault = null;
    await vault?.close();
    (this.remotes as RemoteVaults | undefined)?.localVaultClosed();
  }

  /** Everything in the folder and in the log, as text. */
  async traces(): Promise<string> {
    const files = await readdir(this.home, { withFileTypes: true, recursive: true });
    const contents = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    return [...this.logged, ...contents].join('\n');
  }

  async end(): Promise<void> {
    await this.remotes.close();
    await this.lock();
    await this.datalayer.close();
    await rm(this.home, { recursive: true });
  }
}
