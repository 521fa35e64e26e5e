/**
 * The rows of the tree, apart from the editor that draws them: vaults where there are several, then types, then secrets.
 * Groups keep their object while they keep their id, because the editor knows rows by their objects, and each change names
 * the smallest rows to draw anew. A secret becomes a row when its group is opened, so a long list costs nothing before.
 */
import {
  type ErrorAction,
  hasSecrets,
  type ModelState,
  type Secret,
  type SecretList,
  type SecretType,
  shownGroups,
  shownVaults,
  type VaultView,
  type ViewState,
} from '@datalayer-secrets/shared';

import type { SecretRef } from '../commands/command.ts';

export type Node = VaultNode | GroupNode | RangeNode | SecretNode | PendingNode | StateNode | ActionNode;

export interface VaultNode {
  readonly kind: 'vault';
  readonly id: string;
  readonly vaultId: string;
  view: VaultView;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly id: string;
  readonly vaultId: string;
  readonly type: SecretType;
  secrets: readonly Secret[];
  /** Names on their way into the vault; not listed as stored. */
  creating: readonly string[];
  /** Uids on their way out. */
  deleting: readonly string[];
  /** Rows made so far, by uid. */
  rows: Map<string, SecretNode>;
}

/** A part of a group that is too long for one list. */
export interface RangeNode {
  readonly kind: 'range';
  readonly id: string;
  readonly group: GroupNode;
  readonly index: number;
  readonly secrets: readonly Secret[];
}

export interface SecretNode extends SecretRef {
  readonly kind: 'secret';
  readonly id: string;
  readonly group: GroupNode;
  readonly deleting: boolean;
}

export interface PendingNode {
  readonly kind: 'pending';
  readonly id: string;
  readonly name: string;
  readonly group: GroupNode;
}

/** Says why a vault among several shows no secrets, and is the way on. */
export interface StateNode {
  readonly kind: 'state';
  readonly id: string;
  readonly vault: VaultNode;
}

/** A way on after the list as a whole failed. */
export interface ActionNode {
  readonly kind: 'action';
  readonly id: string;
  readonly action: ErrorAction;
}

/** The editor draws nothing of a list before it has all of it, so a group longer than this is shown in parts. */
const LONGEST_LIST = 500;
const RANGE_LENGTH = 250;

export class Nodes {
  #roots: readonly Node[] = [];
  #vaultChildren = new Map<string, readonly Node[]>();
  #vaults = new Map<string, VaultNode>();
  #groups = new Map<string, GroupNode>();

  /**
   * Takes over a new state and returns what to draw anew: `all`, or the smallest rows. `ways`: what to offer when the list as
   * a whole failed.
   */
  update(state: ModelState, shown: ViewState, ways: readonly ErrorAction[]): 'all' | readonly Node[] {
    const changed: Node[] = [];
    const roots = this.#rootsOf(state, shown, ways, changed);
    const same = sameIds(this.#roots, roots);
    this.#roots = roots;
    return same ? changed : 'all';
  }

  /** Children of a row, or the first level. */
  children(node?: Node): readonly Node[] {
    switch (node?.kind) {
      case undefined:
        return this.#roots;
      case 'vault':
        return this.#vaultChildren.get(node.id) ?? [];
      case 'group':
        return groupChildren(node);
      case 'range':
        return node.secrets.map((secret) => row(node.group, secret));
      case 'secret':
      case 'pending':
      case 'state':
      case 'action':
        return [];
    }
  }

  parent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'group':
        return this.#roots.includes(node) ? undefined : this.#vaults.get(vaultNodeId(node.vaultId));
      case 'range':
      case 'pending':
        return node.group;
      case 'secret':
        return ranges(node.group).find(({ secrets }) => secrets.includes(node.secret)) ?? node.group;
      case 'state':
        return node.vault;
      case 'vault':
      case 'action':
        return undefined;
    }
  }

  /** The row of a secret, if it is shown. */
  find({ vaultId, secret }: SecretRef): SecretNode | undefined {
    const group = this.#groups.get(groupId(vaultId, secret.type));
    const found = group?.secrets.find(({ uid }) => uid === secret.uid);
    return group && found && row(group, found);
  }

  #rootsOf(state: ModelState, shown: ViewState, ways: readonly ErrorAction[], changed: Node[]): readonly Node[] {
    if (shown.kind === 'failed') return ways.map((action) => ({ kind: 'action', id: `action/${action}`, action }));
    if (shown.kind !== 'list') return [];
    const views = shownVaults(state);
    const [only] = views;
    if (only && views.length === 1) return this.#groupsOf(only, state.typeFilter, changed);
    return views.map((view) => {
      const node = this.#vaultOf(view, changed);
      const before = this.#vaultChildren.get(node.id);
      const children: readonly Node[] = hasSecrets(view)
        ? this.#groupsOf(view, state.typeFilter, changed)
        : [{ kind: 'state', id: `${node.id}/${stateId(view.list)}`, vault: node }];
      // A vault without rows of its own still says why.
      const rows = children.length > 0 ? children : [{ kind: 'state', id: `${node.id}/empty`, vault: node } as const];
      this.#vaultChildren.set(node.id, rows);
      if (before && !sameIds(before, rows)) changed.push(node);
      return node;
    });
  }

  #vaultOf(view: VaultView, changed: Node[]): VaultNode {
    const id = vaultNodeId(view.info.id);
    const known = this.#vaults.get(id);
    if (!known) {
      const node: VaultNode = { kind: 'vault', id, vaultId: view.info.id, view };
      this.#vaults.set(id, node);
      return node;
    }
    const same = JSON.stringify({ ...known.view.info, revision: 0 }) === JSON.stringify({ ...view.info, revision: 0 });
    if (!same || known.view.list.kind !== view.list.kind) changed.push(known);
    known.view = view;
    return known;
  }

  #groupsOf(view: VaultView, filter: SecretType | null, changed: Node[]): readonly GroupNode[] {
    const { deleting } = view;
    return shownGroups(view, filter).map(({ type, secrets, creating }) =>
      this.#groupOf(view.info.id, type, changed, {
        secrets,
        creating: creating.map(({ name }) => name),
        deleting: [...deleting].filter((uid) => secrets.some((secret) => secret.uid === uid)),
      }),
    );
  }

  #groupOf(
    vaultId: string,
    type: SecretType,
    changed: Node[],
    content: Pick<GroupNode, 'secrets' | 'creating' | 'deleting'>,
  ): GroupNode {
    const id = groupId(vaultId, type);
    const known = this.#groups.get(id);
    if (!known) {
      const node: GroupNode = { kind: 'group', id, vaultId, type, ...content, rows: new Map() };
      this.#groups.set(id, node);
      return node;
    }
    if (!sameContent(known, content)) changed.push(known);
    return Object.assign(known, content);
  }
}

const stateId = (list: SecretList): string =>
  'error' in list && list.error ? `${list.kind}-${list.error.kind}` : list.kind;
const vaultNodeId = (vaultId: string): string => `vault/${vaultId}`;
const groupId = (vaultId: string, type: SecretType): string => `${vaultId}/${type}`;

function groupChildren(group: GroupNode): readonly Node[] {
  const pending = group.creating.map((name): PendingNode => ({
    kind: 'pending',
    id: `${group.id}/+${name}`,
    name,
    group,
  }));
  const parts = ranges(group);
  const stored = parts.length > 0 ? parts : group.secrets.map((secret) => row(group, secret));
  if (group.rows.size > 2 * group.secrets.length) forget(group);
  return [...pending, ...stored];
}

function ranges(group: GroupNode): readonly RangeNode[] {
  if (group.secrets.length <= LONGEST_LIST) return [];
  return Array.from({ length: Math.ceil(group.secrets.length / RANGE_LENGTH) }, (_, index) => ({
    kind: 'range',
    id: `${group.id}/#${index}`,
    group,
    index,
    secrets: group.secrets.slice(index * RANGE_LENGTH, (index + 1) * RANGE_LENGTH),
  }));
}

/** The row of a secret: the one made before, unless what it shows has changed. */
function row(group: GroupNode, secret: Secret): SecretNode {
  const deleting = group.deleting.includes(secret.uid);
  const known = group.rows.get(secret.uid);
  if (known?.secret === secret && known.deleting === deleting) return known;
  const made: SecretNode = {
    kind: 'secret',
    id: `${group.id}/${secret.uid}`,
    vaultId: group.vaultId,
    group,
    secret,
    deleting,
  };
  group.rows.set(secret.uid, made);
  return made;
}

/** Drops the rows of secrets that are gone. */
function forget(group: GroupNode): void {
  const present = new Set(group.secrets.map(({ uid }) => uid));
  for (const uid of group.rows.keys()) if (!present.has(uid)) group.rows.delete(uid);
}

function sameIds(left: readonly Node[], right: readonly Node[]): boolean {
  return left.length === right.length && left.every((node, index) => node.id === right[index]?.id);
}

type Content = Pick<GroupNode, 'secrets' | 'creating' | 'deleting'>;

function sameContent(left: Content, right: Content): boolean {
  if (left.creating.join('\n') !== right.creating.join('\n') || left.deleting.join() !== right.deleting.join())
    return false;
  if (left.secrets === right.secrets) return true;
  return (
    left.secrets.length === right.secrets.length &&
    left.secrets.every((secret, index) => sameSecret(secret, right.secrets[index]))
  );
}

function sameSecret(left: Secret, right: Secret | undefined): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
