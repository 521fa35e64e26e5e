import type * as vscode from 'vscode';

import type { ModelService, SecretsModel } from '@datalayer-secrets/shared';
import { ServiceClient, toSecretsError } from '@datalayer-secrets/shared';

import type { Log } from '../log.ts';
import type { LocalService } from '../service.ts';
import type { Outlook } from '../views/viewState.ts';

/**
 * How the view comes to its list. A visible view asks for a running service only; it starts and unlocks one by itself where the
 * last unlock by the keychain needed no prompt, and never again after the user locked.
 */
export class Opening {
  readonly #service: LocalService;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #outlook: Outlook = 'unknown';
  #quietAllowed = true;

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

  /** The model's way to the service. */
  readonly connect = async (options: { start: boolean; signal: AbortSignal }): Promise<ModelService | null> => {
    const found = await this.#service.find(options);
    if (found instanceof ServiceClient) return found;
    this.#setOutlook(found.used ? 'used' : 'unused');
    return null;
  };

  /** The user locked, or unlocked: nothing opens by itself after the former. */
  allowQuiet(allowed: boolean): void {
    this.#quietAllowed = allowed;
  }

  /** Work follows attention: while the view is visible the model is loaded and listens, else nothing is done. */
  attend(view: vscode.TreeView<unknown>, model: SecretsModel): vscode.Disposable {
    let stop: (() => void) | null = null;
    const turn = (): void => {
      if (view.visible === (stop !== null)) return;
      stop?.();
      stop = null;
      if (view.visible) {
        stop = model.watch();
        void this.#look(model);
      }
    };
    const listening = view.onDidChangeVisibility(turn);
    turn();
    return {
      dispose: () => {
        listening.dispose();
        stop?.();
      },
    };
  }

  async #look(model: SecretsModel): Promise<void> {
    await this.#openQuietly().catch((error: unknown) =>
      this.#log.warn('quiet-unlock', { kind: toSecretsError(error).kind }),
    );
    await model.refresh({ start: false });
  }

  async #openQuietly(): Promise<void> {
    if (!this.#quietAllowed) return;
    const found = await this.#service.find({ start: false });
    if (!(found instanceof ServiceClient) && !found.quiet) return;
    const client = found instanceof ServiceClient ? found : await this.#service.find({ start: true });
    if (!(client instanceof ServiceClient)) return;
    const { state, quietUnlock } = await client.status();
    if (state === 'locked' && quietUnlock) await client.unlock({ interactive: false });
  }

  #setOutlook(outlook: Outlook): void {
    if (outlook === this.#outlook) return;
    this.#outlook = outlook;
    for (const listener of this.#listeners) listener();
  }
}
