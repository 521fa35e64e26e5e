import { shownVaults, vaultName } from '@datalayer-secrets/shared';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Deps } from '../commands/command.ts';
import { nameInMessage } from '../commands/words.ts';
import { nameOfNotebook } from '../panel/notebook-words.ts';

/** More are counted. */
const LISTED = 3;

/** The name of a notebook by its path, for a message. */
export function notebookName(path: string): string {
  return nameInMessage(nameOfNotebook(path));
}

/** Names in a row, each once. */
export function inARow(trans: TranslationBundle, names: readonly string[]): string {
  const all = [...new Set(names)];
  const shown = all.slice(0, LISTED).join(', ');
  return all.length > LISTED ? trans.__('%1 and %2 more', shown, all.length - LISTED) : shown;
}

/** The name of a vault, for a message. */
export function nameOfVault({ secrets, translate }: Pick<Deps, 'secrets' | 'translate'>, id: string): string {
  const info = secrets.model.state.vaults.find((one) => one.info.id === id)?.info;
  return nameInMessage(info ? vaultName(translate, info) : id);
}

/** Whether there is but one vault, so that it need not be named. */
export function isOnlyVault({ secrets }: Pick<Deps, 'secrets'>): boolean {
  return shownVaults(secrets.model.state).length === 1;
}
