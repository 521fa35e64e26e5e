import { faultyPart } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { attempt, failureText } from '../input/attempt.ts';
import { recents } from '../input/secret-pick.ts';
import {
  descriptionStep,
  nameStep,
  typeStep,
  valueStep,
  vaultStep,
  type NewSecretDraft,
} from '../input/secret-steps.ts';
import { walk } from '../input/steps.ts';
import { ValueEntry } from '../input/value-entry.ts';
import { inMessage } from '../shown.ts';
import type { Command, Deps, SecretRef } from './command.ts';

/** Creates a secret. Called on a vault or a type in the tree: there, of that type. */
export const createSecret: Command = {
  id: 'createSecret',
  async run(deps, place) {
    const ref = await create(deps, vscode.l10n.t('Create Secret'), new ValueEntry(), placeOf(place));
    void offerUse(ref);
    return ref;
  },
};

/**
 * Asks for what is not known yet and creates the secret. When that fails, the question at fault is asked again with all that
 * was entered still there.
 * @throws cancelled when the user leaves.
 */
export async function create(deps: Deps, title: string, entry: ValueEntry, known: Place = {}): Promise<SecretRef> {
  const vaults = await deps.ready(known.vaultId);
  const draft: NewSecretDraft = {
    title,
    vaultId: vaults[0].info.id,
    name: '',
    type: known.type ?? null,
    description: '',
    failure: null,
    entry,
  };
  const steps = [
    vaultStep(known.vaultId === undefined ? vaults : []),
    nameStep((vaultId) => namesIn(deps, vaultId)),
    typeStep(entry),
    valueStep,
    descriptionStep,
  ];
  for (;;) {
    await walk(steps, draft, draft.failure?.step);
    const { vaultId, name, description } = draft;
    const secret = { name, description, type: draft.type ?? 'generic', value: entry.value };
    const outcome = await attempt(deps, vaultId, vscode.l10n.t('Creating {0}…', inMessage(name)), (signal) =>
      deps.model.create(vaultId, secret, { signal }),
    );
    if (!outcome.failed) {
      const ref = { vaultId, secret: outcome.done };
      recents.touch(ref);
      return ref;
    }
    draft.failure = { step: faultyPart(outcome.failed) ?? 'description', text: failureText(outcome.failed) };
  }
}

interface Place {
  readonly vaultId?: string;
  readonly type?: string;
}

function placeOf(argument: unknown): Place {
  if (typeof argument !== 'object' || argument === null) return {};
  const { vaultId, type } = argument as Record<string, unknown>;
  return { ...(typeof vaultId === 'string' && { vaultId }), ...(typeof type === 'string' && { type }) };
}

/** Names known in a vault, for telling duplicates while they are typed. */
export function namesIn(deps: Deps, vaultId: string): string[] {
  const list = deps.model.state.vaults.find(({ info }) => info.id === vaultId)?.list;
  return list?.kind === 'ready' || list?.kind === 'stale' ? list.secrets.map(({ name }) => name) : [];
}

/** Says that it is there, and offers what is usually next. */
export async function offerUse(ref: SecretRef): Promise<void> {
  const { l10n, window, commands } = vscode;
  const insert = l10n.t('Insert Reference');
  const copy = l10n.t('Copy Reference');
  const hasEditor = window.activeTextEditor !== undefined || window.activeNotebookEditor !== undefined;
  const chosen = await window.showInformationMessage(
    l10n.t('{0} is stored.', inMessage(ref.secret.name)),
    ...(hasEditor ? [insert, copy] : [copy]),
  );
  if (chosen === insert) await commands.executeCommand('datalayerSecrets.insertReference', ref);
  if (chosen === copy) await commands.executeCommand('datalayerSecrets.copyReference', ref);
}
