import { passphraseProblem, SecretValue } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { answer, place, validation } from '../input/box.ts';
import type { Position } from '../input/steps.ts';

export interface HiddenQuestion {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly at?: Position;
}

/**
 * Asks for a passphrase or a token. `attempt` uses what was entered and resolves with what is wrong with it, or null; the box
 * stays, with what was typed, until it is right. What else goes wrong is thrown.
 * @throws cancelled when the box is closed; `attempt` is told by its signal.
 */
export async function askHidden(
  question: HiddenQuestion,
  attempt: (entered: SecretValue, signal: AbortSignal) => Promise<string | null>,
): Promise<SecretValue> {
  const box = vscode.window.createInputBox();
  box.password = true;
  place(box, question.title, question.at ?? { step: 1, of: 1, canGoBack: false });
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  const say = (problem: string | null): void => {
    box.validationMessage = validation(problem === null ? null : { message: problem, severity: 'blocks' });
  };
  box.onDidChangeValue(() => say(null));
  const abort = new AbortController();
  box.onDidHide(() => abort.abort());
  const outcome = await answer<SecretValue | Failure>(box, (done) => {
    const take = async (): Promise<void> => {
      const entered = new SecretValue(box.value);
      box.busy = true;
      box.enabled = false;
      try {
        const problem = await attempt(entered, abort.signal);
        if (problem === null) done(entered);
        else say(problem);
      } catch (error) {
        done(new Failure(error));
      } finally {
        box.busy = false;
        box.enabled = true;
      }
    };
    box.onDidAccept(() => {
      if (box.value !== '' && !box.busy) void take();
    });
  });
  if (outcome instanceof Failure) throw outcome.error;
  return outcome;
}

/** What `attempt` threw, on its way out of the box. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Asks twice for a new passphrase. @throws cancelled */
export async function askNewPassphrase(title: string): Promise<SecretValue> {
  const { l10n } = vscode;
  const first = {
    title,
    prompt: l10n.t('A new passphrase. Nobody can recover it: keep it somewhere safe.'),
    at: { step: 1, of: 2, canGoBack: false },
  };
  const passphrase = await askHidden(first, (entered) => Promise.resolve(passphraseProblem(t, entered)));
  const again = { title, prompt: l10n.t('The same passphrase again.'), at: { step: 2, of: 2, canGoBack: false } };
  const different = l10n.t('The two are different.');
  return await askHidden(again, (entered) =>
    Promise.resolve(entered.expose() === passphrase.expose() ? null : different),
  );
}
