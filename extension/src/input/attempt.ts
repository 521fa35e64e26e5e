import { toSecretsError, type SecretsError } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import type { Deps } from '../commands/command.ts';
import { errorText } from '../errors.ts';
import { whileShown } from '../progress.ts';

export type Outcome<T> = { readonly done: T; readonly failed: null } | { readonly failed: SecretsError };

/**
 * Sends what the user entered, and gives a failure back instead of throwing it, so that the flow can go on with everything
 * that was entered. A vault that was closed meanwhile is opened on the way.
 */
export async function attempt<T>(
  deps: Deps,
  vaultId: string,
  title: string,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<Outcome<T>> {
  try {
    return { done: await opened(deps, vaultId, () => whileShown(title, send)), failed: null };
  } catch (error) {
    return { failed: toSecretsError(error) };
  }
}

async function opened<T>(deps: Deps, vaultId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { kind } = toSecretsError(error);
    if (kind !== 'locked' && kind !== 'setup_needed' && kind !== 'unauthenticated') throw error;
    await deps.model.refresh({ start: true });
    await deps.ready(vaultId);
    return await work();
  }
}

/** What the next question says of a failure. */
export function failureText(error: SecretsError): string {
  if (error.kind === 'cancelled') return vscode.l10n.t('Not stored. Enter tries again.');
  return errorText(error);
}
