import {
  descriptionProblem,
  guessType,
  nameProblem,
  nameWarning,
  SECRET_TYPES,
  type SecretType,
  typeHint,
  typeOfOne,
  vaultName,
  type VaultView,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { askChoice, askText, type Notice } from './box.ts';
import type { Step } from './steps.ts';
import { askValue } from './value-box.ts';
import type { ValueEntry } from './value-entry.ts';
import { typeIcon, vaultIcon } from '../views/icons.ts';

/** What is known of a secret while its questions are asked. */
export interface SecretDraft {
  readonly title: string;
  vaultId: string;
  name: string;
  /** Null until chosen: then the name suggests one. */
  type: SecretType | null;
  description: string;
  /** Why the flow came back, and to which question. */
  failure: { readonly step: string; readonly text: string } | null;
}

export interface NewSecretDraft extends SecretDraft {
  readonly entry: ValueEntry;
}

const { l10n } = vscode;

/** Takes the failure that belongs to a question, once. */
function failureAt(draft: SecretDraft, step: string): string | undefined {
  if (draft.failure?.step !== step) return undefined;
  const { text } = draft.failure;
  draft.failure = null;
  return text;
}

/** Which of several vaults. */
export function vaultStep(vaults: readonly VaultView[]): Step<SecretDraft> {
  return {
    id: 'vault',
    applies: () => vaults.length > 1,
    async ask(draft, at) {
      const choices = vaults.map(({ info }) => ({
        label: vaultName(t, info),
        description: info.account ? `@${info.account.handle}` : '',
        icon: vaultIcon(info),
        value: info.id,
      }));
      const answer = await askChoice(draft.title, at, l10n.t('Which vault?'), choices, draft.vaultId);
      if (answer.move === 'next') draft.vaultId = answer.value;
      return answer.move;
    },
  };
}

/** The name. `existing` are the names it must not have. */
export function nameStep(existing: (vaultId: string) => Iterable<string>): Step<SecretDraft> {
  return {
    id: 'name',
    async ask(draft, at) {
      const names = new Set(existing(draft.vaultId));
      const { move, text } = await askText({
        title: draft.title,
        at,
        prompt: l10n.t('The name, as code will ask for it'),
        placeholder: 'OPENAI_API_KEY',
        text: draft.name,
        failure: failureAt(draft, 'name'),
        check: (name) => nameNotice(name, names),
      });
      draft.name = text;
      return move;
    },
  };
}

function nameNotice(name: string, existing: ReadonlySet<string>): Notice | null {
  const problem = nameProblem(name, existing, t);
  if (problem) return { message: problem.message, severity: 'blocks' };
  const warning = nameWarning(name, t);
  return warning && { message: warning.message, severity: 'warning' };
}

/** The type; what the name suggests, or a value that is known already, is marked. */
export const typeStep = (entry?: ValueEntry): Step<SecretDraft> => ({
  id: 'type',
  async ask(draft, at) {
    const known = SECRET_TYPES.map((type) => ({
      label: typeOfOne(t, type),
      description: typeHint(t, type),
      icon: typeIcon(type),
      value: type,
    }));
    const current = draft.type ?? guessType(draft.name, entry?.value.expose());
    const other = known.some(({ value }) => value === current)
      ? []
      : [{ label: current, icon: typeIcon(current), value: current }];
    const answer = await askChoice(
      draft.title,
      at,
      l10n.t('What kind of secret is it?'),
      [...known, ...other],
      current,
    );
    if (answer.move === 'next') draft.type = answer.value;
    return answer.move;
  },
});

export const valueStep: Step<NewSecretDraft> = {
  id: 'value',
  ask: (draft, at) => askValue(draft.title, at, draft.entry, { failure: failureAt(draft, 'value') }),
};

export const descriptionStep: Step<SecretDraft> = {
  id: 'description',
  async ask(draft, at) {
    const { move, text } = await askText({
      title: draft.title,
      at,
      prompt: l10n.t('A description, if you like: what it is for. It can be read without revealing the value.'),
      text: draft.description,
      failure: failureAt(draft, 'description'),
      check: (description) => {
        const problem = descriptionProblem(description, t);
        return problem && { message: problem.message, severity: 'blocks' };
      },
    });
    draft.description = text;
    return move;
  },
};
