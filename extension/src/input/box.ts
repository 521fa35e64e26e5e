import { SecretsError } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import type { Move, Position } from './steps.ts';

/** What is said of the present input. `blocks`: it cannot be taken. */
export interface Notice {
  readonly message: string;
  readonly severity: 'info' | 'warning' | 'blocks';
}

export interface TextQuestion {
  readonly title: string;
  readonly at: Position;
  readonly prompt: string;
  readonly placeholder?: string;
  /** What stands in the box at first. */
  readonly text: string;
  /** Shown until something is typed: why the flow came back here. */
  readonly failure?: string | undefined;
  check(text: string): Notice | null;
}

/** Asks for one line of text that is no secret. The text comes back on the way back too. */
export async function askText(question: TextQuestion): Promise<{ readonly move: Move; readonly text: string }> {
  const box = vscode.window.createInputBox();
  place(box, question.title, question.at);
  box.prompt = question.prompt;
  box.placeholder = question.placeholder;
  box.value = question.text;
  const show = (notice: Notice | null) => (box.validationMessage = validation(notice));
  show(
    question.failure === undefined ? question.check(question.text) : { message: question.failure, severity: 'warning' },
  );
  // An empty box needs no scolding before anything was typed.
  if (question.text === '' && question.failure === undefined) show(null);
  box.onDidChangeValue((text) => show(question.check(text)));
  const move = await answer<Move>(box, (done) => {
    box.onDidAccept(() => {
      const notice = question.check(box.value);
      show(notice);
      if (notice?.severity !== 'blocks') done('next');
    });
    box.onDidTriggerButton((button) => button === vscode.QuickInputButtons.Back && done('back'));
  });
  return { move, text: box.value };
}

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  readonly value: T;
}

/** Asks for one of a few choices. */
export async function askChoice<T>(
  title: string,
  at: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
  active: T,
): Promise<{ readonly move: 'next'; readonly value: T } | { readonly move: 'back' }> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: T }>();
  place(pick, title, at);
  pick.placeholder = placeholder;
  pick.items = choices.map(({ label, description, icon, value }) => ({
    label,
    value,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(icon) }),
  }));
  pick.activeItems = pick.items.filter((item) => item.value === active);
  return await answer(pick, (done) => {
    pick.onDidAccept(() => {
      const item = pick.activeItems[0];
      if (item) done({ move: 'next', value: item.value });
    });
    pick.onDidTriggerButton((button) => button === vscode.QuickInputButtons.Back && done({ move: 'back' }));
  });
}

/** Title, "2/5", Back, and that looking elsewhere loses nothing. */
export function place(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  title: string,
  at: Position,
): void {
  input.title = title;
  input.ignoreFocusOut = true;
  if (at.of > 1) {
    input.step = at.step;
    input.totalSteps = at.of;
  }
  if (at.canGoBack) input.buttons = [vscode.QuickInputButtons.Back];
}

/**
 * Shows an input until `listen` says that it is answered; then it is gone.
 * @throws cancelled when it is closed without an answer, unless `keepsOpen()` says that a dialog of ours covers it.
 */
export async function answer<A>(
  input: vscode.QuickInput,
  listen: (done: (answer: A) => void) => void,
  keepsOpen: () => boolean = () => false,
): Promise<A> {
  try {
    return await new Promise<A>((resolve, reject) => {
      input.onDidHide(() => {
        if (!keepsOpen()) reject(new SecretsError('cancelled', 'Closed without an answer.'));
      });
      listen(resolve);
      input.show();
    });
  } finally {
    input.dispose();
  }
}

export function validation(notice: Notice | null): vscode.InputBoxValidationMessage | undefined {
  if (!notice) return undefined;
  const { Error, Warning, Info } = vscode.InputBoxValidationSeverity;
  return { message: notice.message, severity: { info: Info, warning: Warning, blocks: Error }[notice.severity] };
}
