import * as vscode from 'vscode';
import type { ViewState } from '@datalayer-secrets/shared';

/** A context key that the manifest's `when` clauses read. Set only when it changes. */
class ContextKey<T extends string | boolean> {
  readonly id: string;
  #value: T | undefined;

  constructor(name: string) {
    this.id = `datalayerSecrets.${name}`;
  }

  async set(value: T): Promise<void> {
    if (value === this.#value) return;
    this.#value = value;
    await vscode.commands.executeCommand('setContext', this.id, value);
  }
}

export const contextKeys = {
  /** Which welcome view an empty list shows. */
  state: new ContextKey<ViewState['kind']>('state'),
  /** At least one vault's secrets can be worked with. */
  usable: new ContextKey<boolean>('usable'),
  /** Only one type of secret is shown. */
  filtered: new ContextKey<boolean>('filtered'),
  /** State of the local vault. */
  local: new ContextKey<'unknown' | 'new' | 'locked' | 'open'>('local'),
  /** There is a remote vault to sign out of. */
  signedIn: new ContextKey<boolean>('signedIn'),
};
