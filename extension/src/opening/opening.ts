import * as vscode from 'vscode';

import {
  type ModelService,
  type Outlook,
  type SecretsModel,
  ServiceClient,
  toSecretsError,
} from '@datalayer-secrets/shared';

import type { Log } from '../log.ts';
import type { LocalService } from '../service.ts';

/**
 * How the view comes to its list without a click. A view that has become visible looks for a running service. Only where none
 * runs and the last opening needed no prompt does it start and unlock one by itself, and not after the user has locked.
 */
export class Opening {
  readonly #service: LocalService;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #outlook: Outlook = 'unknown';
  #quietAllowed = true;
  /** One try each time the view becomes visible: a service that ends later was ended by somebody. */
  #quietWanted = false;

  constructor(service: LocalService, log: Log) {
    this.#service = service;
    this.#log = log;
  }

  /** What is known while no service runs. */
  get outlook(): Outlook {
    return this.#outlook;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The user unlocked, or locked: after the latter nothing opens by itself. */
  allowQuiet(allowed: boolean): void {
    this.#quietAllowed = allowed;
  }

  /** The model's way to the service. */
  readonly connect = async (options: { start: boolean; signal: AbortSignal }): Promise<ModelService | null> => {
    const quietly = this.#quietWanted && this.#quietAllowed && !options.start;
    this.#quietWanted = false;
    const found = await this.#service.find(options);
    if (found instanceof ServiceClient) return found; // one that runs and is locked was locked by somebody
    if (quietly && found.quiet) return await this.#openQuietly(options.signal);
    this.#setOutlook(found.used ? 'used' : 'unused');
    return null;
  };

  /** Work follows attention: while the view is visible the model listens, else nothing is done. */
  attend(view: vscode.TreeView<unknown>, model: SecretsModel): vscode.Disposable {
    let stop: (() => void) | null = null;
    const turn = (): void => {
      if (view.visible === (stop !== null)) return;
      stop?.();
      stop = null;
      this.#quietWanted = view.visible;
      if (view.visible) stop = model.watch();
    };
    const listening = view.onDidChangeVisibility(turn);
    turn();
    return new vscode.Disposable(() => {
      listening.dispose();
      stop?.();
    });
  }

  async #openQuietly(signal: AbortSignal): Promise<ModelService | null> {
    const client = await this.#service.find({ start: true, signal });
    if (!(client instanceof ServiceClient)) return null;
    await client.unlock({ interactive: false }, { signal }).catch((error: unknown) => {
      // The view then shows a locked vault, and a click says why.
      this.#log.warn('quiet-unlock', { kind: toSecretsError(error).kind });
    });
    return client;
  }

  #setOutlook(outlook: Outlook): void {
    if (outlook === this.#outlook) return;
    this.#outlook = outlook;
    for (const listener of this.#listeners) listener();
  }
}
