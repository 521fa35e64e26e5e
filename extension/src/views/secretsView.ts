import * as vscode from 'vscode';

import {
  type ErrorAction,
  explain,
  hasSecrets,
  type SecretsModel,
  typeName,
  vaultName,
  viewMessage,
  type ViewState,
  viewState,
} from '@datalayer-secrets/shared';

import type { SecretRef } from '../commands/command.ts';
import { contextKeys } from '../context.ts';
import { actionCommand, errorText } from '../errors.ts';
import { t } from '../l10n.ts';
import type { Opening } from '../opening/opening.ts';
import { Nodes, type Node } from './nodes.ts';
import { secretTooltip } from './tooltip.ts';
import { treeItem } from './treeItem.ts';
import { viewTitle } from './title.ts';

const VIEW = 'datalayerSecrets.secrets';

/** The tree of secrets: draws what the model holds. */
export class SecretsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #model: SecretsModel;
  readonly #opening: Opening;
  readonly #changed = new vscode.EventEmitter<Node | readonly Node[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event as vscode.Event<Node | Node[] | undefined>;
  readonly #nodes = new Nodes();
  readonly tree: vscode.TreeView<Node>;
  readonly #owned: readonly { dispose(): unknown }[];
  #loaded: (() => void) | null = null;
  #clock: NodeJS.Timeout | undefined;

  constructor(model: SecretsModel, opening: Opening) {
    this.#model = model;
    this.#opening = opening;
    this.tree = vscode.window.createTreeView<Node>(VIEW, {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.#owned = [
      this.tree,
      this.#changed,
      new vscode.Disposable(model.onChange(() => this.#draw())),
      new vscode.Disposable(opening.onChange(() => this.#draw())),
    ];
    this.#draw();
  }

  get selection(): readonly SecretRef[] {
    return this.tree.selection.filter((node) => node.kind === 'secret' && !node.deleting) as SecretRef[];
  }

  /** Selects the row of a secret, if the view is visible. */
  async show(ref: SecretRef): Promise<void> {
    const node = this.tree.visible ? this.#nodes.find(ref) : undefined;
    if (node) await this.tree.reveal(node, { select: true, focus: false });
  }

  getChildren(node?: Node): Node[] {
    return [...this.#nodes.children(node)];
  }

  getParent(node: Node): Node | undefined {
    return this.#nodes.parent(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const { service } = this.#model.state;
    return treeItem(node, service.kind === 'ready' ? service.status : null, Date.now());
  }

  /** Tooltips are made when they are asked for. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.kind !== 'secret') return item;
    const vault = this.#model.state.vaults.find(({ info }) => info.id === node.vaultId);
    item.tooltip = new vscode.MarkdownString(
      secretTooltip(t, node.secret, vault ? vaultName(t, vault.info) : node.vaultId, Date.now()),
      true,
    );
    return item;
  }

  dispose(): void {
    clearTimeout(this.#clock);
    this.#loaded?.();
    for (const owned of this.#owned) owned.dispose();
  }

  #draw(): void {
    const { state } = this.#model;
    const shown = viewState(state, this.#opening.outlook);
    // Keys first: a welcome view appears as soon as the list is empty.
    this.#setKeys(shown);
    this.tree.title = viewTitle(t, state, shown);
    this.#say(shown);
    this.#progress(
      shown.kind === 'loading' ||
        (shown.kind === 'unknown' && this.tree.visible) ||
        state.vaults.some(({ list }) => list.kind === 'loading'),
    );
    const changed = this.#nodes.update(state, shown, shown.kind === 'failed' ? waysOn(shown.error) : []);
    if (changed === 'all') this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire(changed);
  }

  #setKeys({ kind }: ViewState): void {
    const { service, vaults, typeFilter } = this.#model.state;
    void contextKeys.state.set(kind);
    void contextKeys.usable.set(vaults.some(hasSecrets));
    void contextKeys.filtered.set(typeFilter !== null);
    void contextKeys.local.set(service.kind === 'ready' ? service.status.state : 'unknown');
    void contextKeys.signedIn.set(vaults.some(({ info }) => info.kind !== 'local' && info.state !== 'signed-out'));
  }

  /** The sentences above the rows; an age among them is kept true while there is one. Elsewhere they would hide a welcome view. */
  #say(shown: ViewState): void {
    const { state } = this.#model;
    const type = state.typeFilter === null ? null : typeName(t, state.typeFilter);
    const listed = shown.kind === 'list' ? viewMessage(t, state, type, Date.now()) : '';
    this.tree.message = shown.kind === 'failed' ? errorText(shown.error) : listed;
    clearTimeout(this.#clock);
    const stale = state.vaults.some(({ list }) => list.kind === 'stale');
    if (stale && this.tree.visible) this.#clock = setTimeout(() => this.#draw(), 60_000);
  }

  #progress(loading: boolean): void {
    if (!loading) {
      this.#loaded?.();
      this.#loaded = null;
    } else if (!this.#loaded) {
      const loaded = new Promise<void>((resolve) => (this.#loaded = resolve));
      void vscode.window.withProgress({ location: { viewId: VIEW } }, () => loaded);
    }
  }
}

/** What to offer when the list as a whole failed: what the table of errors says and there is a command for, and the log. */
function waysOn(error: unknown): readonly ErrorAction[] {
  return [...new Set<ErrorAction>([...explain(error, t).actions, 'retry', 'open-log'])].filter((action) =>
    actionCommand(action),
  );
}
