import * as vscode from 'vscode';

import {
  explain,
  hasSecrets,
  oneLine,
  secretDescription,
  secretSpoken,
  type ServiceStatus,
  typeName,
  vaultDescription,
  vaultName,
} from '@datalayer-secrets/shared';

import { actionTitle, actionCommand, errorText } from '../errors.ts';
import { t } from '../l10n.ts';
import type { GroupNode, Node, SecretNode, StateNode, VaultNode } from './nodes.ts';
import { typeIcon, vaultIcon } from './icons.ts';

/** How a row looks, is spoken, and which menus it has (`contextValue`, read by the manifest). */
export function treeItem(node: Node, status: ServiceStatus | null, now: number): vscode.TreeItem {
  const item = draw(node, status, now);
  item.id = node.id;
  return item;
}

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

function draw(node: Node, status: ServiceStatus | null, now: number): vscode.TreeItem {
  switch (node.kind) {
    case 'vault':
      return vault(node, status);
    case 'group':
      return group(node);
    case 'range':
      return range(node.secrets.map(({ name }) => name));
    case 'secret':
      return secret(node, now);
    case 'pending':
      return make(oneLine(node.name), {
        icon: 'loading~spin',
        description: t('being created…'),
        spoken: t('{name}, being created', { name: oneLine(node.name) }),
      });
    case 'state':
      return state(node);
    case 'action':
      return make(actionTitle(node.action), {
        icon: ACTION_ICONS[node.action] ?? 'arrow-right',
        command: actionCommand(node.action),
      });
  }
}

const ACTION_ICONS: Readonly<Record<string, string>> = {
  retry: 'refresh',
  'open-log': 'output',
  unlock: 'unlock',
  'sign-in': 'sign-in',
};

interface Look {
  readonly icon?: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly spoken?: string;
  readonly context?: string;
  readonly collapsible?: vscode.TreeItemCollapsibleState;
  readonly command?: readonly [id: string, ...args: unknown[]] | undefined;
}

function make(label: string, look: Look): vscode.TreeItem {
  const item = new vscode.TreeItem(label, look.collapsible ?? None);
  if (look.icon !== undefined) item.iconPath = new vscode.ThemeIcon(look.icon);
  if (look.description !== undefined) item.description = look.description;
  if (look.tooltip !== undefined) item.tooltip = look.tooltip;
  if (look.spoken !== undefined) item.accessibilityInformation = { label: look.spoken };
  if (look.context !== undefined) item.contextValue = look.context;
  if (look.command) {
    const [command, ...args] = look.command;
    item.command = { command, title: label, arguments: args };
  }
  return item;
}

function vault({ view }: VaultNode, status: ServiceStatus | null): vscode.TreeItem {
  const { info } = view;
  const name = vaultName(t, info);
  const description = status ? vaultDescription(t, info, status) : '';
  const where = info.kind === 'local' ? 'local' : 'remote';
  return make(name, {
    icon: vaultIcon(info),
    description,
    tooltip: [name, info.origin ?? '', description].filter((part) => part !== '').join('\n'),
    spoken: `${name}, ${description}`,
    context: `${where} vault ${info.state}${hasSecrets(view) ? ' usable' : ''}`,
    collapsible: Expanded,
  });
}

function group({ type, secrets }: GroupNode): vscode.TreeItem {
  const name = typeName(t, type);
  return make(name, {
    icon: typeIcon(type),
    description: String(secrets.length),
    spoken:
      secrets.length === 1
        ? t('{type}, 1 secret', { type: name })
        : t('{type}, {count} secrets', { type: name, count: secrets.length }),
    context: 'group usable',
    collapsible: secrets.length > 100 ? Collapsed : Expanded,
  });
}

function range(names: readonly string[]): vscode.TreeItem {
  const [first, last] = [names[0] ?? '', names.at(-1) ?? ''].map(oneLine) as [string, string];
  return make(`${first} … ${last}`, {
    description: String(names.length),
    spoken: t('{count} secrets, from {first} to {last}', { count: names.length, first, last }),
    collapsible: Collapsed,
  });
}

function secret({ secret, deleting }: SecretNode, now: number): vscode.TreeItem {
  const name = oneLine(secret.name);
  return deleting
    ? make(name, {
        icon: 'loading~spin',
        description: t('being deleted…'),
        spoken: t('{name}, being deleted', { name }),
      })
    : make(name, {
        icon: typeIcon(secret.type),
        description: secretDescription(t, secret, now),
        spoken: secretSpoken(t, secret, now, vscode.env.language),
        context: 'secret',
      });
}

function state({ vault: { view } }: StateNode): vscode.TreeItem {
  switch (view.list.kind) {
    case 'setup-needed':
      return make(t('Use the Local Vault'), { icon: 'arrow-right', command: ['datalayerSecrets.useLocalVault'] });
    case 'locked':
      return make(t('Locked. Unlock…'), { icon: 'unlock', command: ['datalayerSecrets.unlock'] });
    case 'signed-out':
      return make(t('Signed out. Sign in…'), { icon: 'sign-in', command: ['datalayerSecrets.signIn'] });
    case 'loading':
      return make(t('Loading…'), { icon: 'loading~spin' });
    case 'failed': {
      const { what, actions } = explain(view.list.error, t);
      const action = actions.find((one) => actionCommand(one)) ?? 'retry';
      return make(what, {
        icon: 'warning',
        tooltip: errorText(view.list.error),
        spoken: errorText(view.list.error),
        command: actionCommand(action),
      });
    }
    case 'ready':
    case 'stale':
      return view.list.secrets.length > 0
        ? make(t('No secret has the chosen type'), { icon: 'filter', command: ['datalayerSecrets.clearTypeFilter'] })
        : make(t('No secrets yet. Create one…'), {
            icon: 'add',
            command: ['datalayerSecrets.createSecret', { vaultId: view.info.id }],
          });
  }
}
