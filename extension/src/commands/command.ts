import type * as vscode from 'vscode';

import type { ErrorAction, Secret, Secrets, SecretsModel, ServiceClient, VaultView } from '@datalayer-secrets/shared';

import type { ClipboardGuard } from '../clipboard.ts';
import type { Log } from '../log.ts';
import type { Opening } from '../opening/opening.ts';

/** A secret and where it lies: what the commands on items get as their argument. The tree's nodes are such objects. */
export interface SecretRef {
  readonly vaultId: string;
  readonly secret: Secret;
}

/** What commands work with. */
export interface Deps {
  readonly context: vscode.ExtensionContext;
  readonly model: SecretsModel;
  readonly log: Log;
  readonly tree: { readonly selection: readonly SecretRef[]; show(ref: SecretRef): Promise<void> };
  /** The service, started if none runs. */
  service(): Promise<ServiceClient>;
  /** The service, or null if none runs. */
  running(): Promise<ServiceClient | null>;
  readonly opening: Pick<Opening, 'allowQuiet'>;
  /** Clears values that were copied from the clipboard in time. */
  readonly copied: ClipboardGuard;
  /** The full client of one vault, with `reveal`. */
  secretsOf(vaultId: string): Promise<Secrets>;
  /**
   * The vaults whose secrets can be worked with, one at least. Starts the service, and leads through set-up, unlocking or
   * sign-in where none can. With `vaultId`, that vault is the first of the answer.
   * @throws cancelled, or why it cannot be.
   */
  ready(vaultId?: string): Promise<readonly [VaultView, ...VaultView[]]>;
  /**
   * Shows an error with its advice, and as buttons those of its actions that `offered` names; resolves with the one that was
   * clicked. For flows that go on after an error; all others let it fly to the edge.
   */
  explain(error: unknown, offered: readonly ErrorAction[]): Promise<ErrorAction | undefined>;
}

/**
 * One command of the palette. It throws what goes wrong (the edge in `errors.ts` shows it) and `SecretsError('cancelled')`
 * when the user turns back, which is silent. It works without arguments.
 */
export interface Command {
  /** As in `package.json`, without the prefix `datalayerSecrets.`. */
  readonly id: string;
  run(deps: Deps, ...args: unknown[]): Promise<unknown>;
}

/**
 * The secrets a command was called on: `(item, items)` from a menu of the tree, `{ from: 'selection' }` from a key
 * pressed in it. Empty when called from elsewhere: then the command asks which.
 */
export function targets(deps: Pick<Deps, 'tree'>, args: readonly unknown[]): readonly SecretRef[] {
  const [first, second] = args;
  if (isRecord(first) && first['from'] === 'selection') return deps.tree.selection;
  if (!isSecretRef(first)) return [];
  const several = Array.isArray(second) ? second.filter(isSecretRef) : [];
  return several.includes(first) ? several : [first];
}

function isSecretRef(thing: unknown): thing is SecretRef {
  if (!isRecord(thing) || typeof thing['vaultId'] !== 'string') return false;
  const secret = thing['secret'];
  return isRecord(secret) && typeof secret['uid'] === 'string' && typeof secret['name'] === 'string';
}

function isRecord(thing: unknown): thing is Record<string, unknown> {
  return typeof thing === 'object' && thing !== null;
}
