import { SecretsError, SecretValue } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { answer, place, validation } from '../input/box.ts';
import type { Position } from '../input/steps.ts';

export interface HiddenQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly at?: Position;
  /** Shown until something is typed. */
  readonly problem?: string;
}

/**
 * Asks for a passphrase or a token. `attempt` uses what was entered and resolves with what is wrong with it, or null; the box
 * stays, with what was typed, until it is right. What else goes wrong is thrown.
 * @throws cancelled when the box is closed; `attempt` is told by its signal.
 */
export async function askHidden(
  question: HiddenQuestion,
  attempt: (entered: SecretValue, signal: AbortSignal) => Promise<string | null>,
): Promise<void> {
  const box = vscode.window.createInputBox();
  box.password = true;
  place(box, question.title, question.at ?? { step: 1, of: 1, canGoBack: false });
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  const say = (problem: string | null | undefined): void => {
    box.validationMessage = validation(problem ? { message: problem, severity: 'blocks' } : null);
  };
  say(question.problem);
  box.onDidChangeValue(() => say(null));
  const abort = new AbortController();
  box.onDidHide(() => abort.abort());
  const failure = await answer<{ error: unknown } | null>(box, (done) => {
    box.onDidAccept(() => {
      if (box.value === '' || box.busy) return;
      box.busy = true;
      box.enabled = false;
      attempt(new SecretValue(box.value), abort.signal)
        .then(
          (problem) => (problem === null ? done(null) : say(problem)),
          (error: unknown) => done({ error }),
        )
        .finally(() => {
          box.busy = false;
          box.enabled = true;
        });
    });
  });
  if (failure) throw failure.error;
}

/** Bytes of UTF-8; the vault demands no more, so that a user is refused here and not later. */
const SHORTEST_PASSPHRASE = 8;

/** Asks twice for a new passphrase. @throws cancelled */
export async function askNewPassphrase(title: string): Promise<SecretValue> {
  const { l10n } = vscode;
  let first: SecretValue | null = null;
  await askHidden(
    {
      title,
      prompt: l10n.t('A new passphrase. Nobody can recover it: keep it somewhere safe.'),
      at: { step: 1, of: 2, canGoBack: false },
    },
    (entered) => {
      first = entered;
      return Promise.resolve(
        entered.byteLength < SHORTEST_PASSPHRASE
          ? l10n.t(
              'It needs {0} characters or more. Several words are good and easy to keep in mind.',
              SHORTEST_PASSPHRASE,
            )
          : null,
      );
    },
  );
  await askHidden(
    { title, prompt: l10n.t('The same passphrase again.'), at: { step: 2, of: 2, canGoBack: false } },
    (entered) => Promise.resolve(entered.expose() === first?.expose() ? null : l10n.t('The two are different.')),
  );
  if (!first) throw new SecretsError('cancelled', 'No passphrase was entered.');
  return first;
}
