import { countLines, generatePassword, MAX_VALUE_BYTES, valueNotes, valueProblem } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { t } from '../l10n.ts';
import { inMessage } from '../shown.ts';
import { answer, place, validation, type Notice } from './box.ts';
import { readValueFile } from './file.ts';
import { looksPasted, restorePasted } from './pasted.ts';
import type { Move, Position } from './steps.ts';
import type { ValueEntry, ValueSource } from './value-entry.ts';

/**
 * Asks for a value in a masked box and writes it to the entry, on the way back too. What a one-line box would lose of a
 * pasted text is taken from the clipboard instead; other ways in are buttons.
 */
export async function askValue(
  title: string,
  at: Position,
  entry: ValueEntry,
  options: { readonly prompt?: string; readonly failure?: string | undefined } = {},
): Promise<Move> {
  const { l10n, QuickInputButtons, ThemeIcon, env, UIKind } = vscode;
  const box = vscode.window.createInputBox();
  place(box, title, at);
  box.password = true;
  // A browser writes what stands unmasked in a box to its disk, after a second, to bring the page back after a crash.
  const unmaskable = env.uiKind === UIKind.Desktop;
  box.prompt =
    options.prompt ?? l10n.t('The value. It is stored encrypted and not shown. Line breaks of a pasted text are kept.');

  const clipboard = { iconPath: new ThemeIcon('clippy'), tooltip: l10n.t('Take the text in the clipboard') };
  const file = { iconPath: new ThemeIcon('folder-opened'), tooltip: l10n.t('Take the text of a file…') };
  const selection = {
    iconPath: new ThemeIcon('list-selection'),
    tooltip: l10n.t('Take the text selected in the editor'),
  };
  const generate = { iconPath: new ThemeIcon('sparkle'), tooltip: l10n.t('Generate a random password') };
  const trim = { iconPath: new ThemeIcon('whitespace'), tooltip: l10n.t('Remove blanks and line breaks at both ends') };
  const show = { iconPath: new ThemeIcon('eye'), tooltip: l10n.t('Show what is typed') };
  const hide = { iconPath: new ThemeIcon('eye-closed'), tooltip: l10n.t('Hide what is typed') };

  let failure = options.failure;
  /** Reading the clipboard after a paste: accepting waits for it. */
  let reading: Promise<void> = Promise.resolve();
  let dialogOpen = false;
  let answered = false;

  const draw = () => {
    const text = entry.value.expose();
    if (box.value !== entry.typed) box.value = entry.typed;
    box.placeholder = entry.holds ? l10n.t('Enter takes it; what you type takes its place') : '';
    box.buttons = [
      ...(at.canGoBack ? [QuickInputButtons.Back] : []),
      clipboard,
      file,
      ...(selectedText() === '' ? [] : [selection]),
      generate,
      ...(text.trim() === text || text.trim() === '' ? [] : [trim]),
      ...(unmaskable ? [box.password ? show : hide] : []),
    ];
    box.validationMessage = validation(
      failure === undefined ? notice(entry) : { message: failure, severity: 'warning' },
    );
  };
  const hold = (text: string, source: ValueSource) => {
    failure = undefined;
    if (text === '') failure = l10n.t('There is no text to take.');
    else entry.hold(text, source);
    draw();
  };
  const changed = async (before: string, after: string) => {
    if (!looksPasted(before, after)) return;
    const original = restorePasted(before, after, await clipboardText());
    if (original !== null && !answered && entry.typed === after) hold(original, { kind: 'clipboard' });
  };

  box.onDidChangeValue((text) => {
    const before = entry.typed;
    if (text === before) return;
    failure = undefined;
    entry.type(text);
    reading = changed(before, text);
    draw();
  });
  draw();

  return await answer<Move>(
    box,
    (done) => {
      box.onDidAccept(async () => {
        if (!(await endsWithin(CLIPBOARD_READ_MS, reading))) {
          reading = Promise.resolve();
          failure = l10n.t(
            'The clipboard cannot be read, so line breaks of a pasted text are lost. Enter again takes what is in the box.',
          );
          draw();
          return;
        }
        failure = undefined;
        draw();
        if (notice(entry)?.severity === 'blocks') return;
        if (entry.isEmpty) failure = l10n.t('A secret needs a value.');
        else {
          answered = true; // what the clipboard still answers comes too late
          done('next');
        }
        draw();
      });
      box.onDidTriggerButton(async (button) => {
        if (button === QuickInputButtons.Back) done('back');
        else if (button === clipboard) hold(await clipboardText(), { kind: 'clipboard' });
        else if (button === selection) hold(selectedText(), { kind: 'selection' });
        else if (button === generate) hold(generatePassword(), { kind: 'generated' });
        else if (button === trim) {
          entry.trim();
          draw();
        } else if (button === file) {
          dialogOpen = true; // in a browser the file dialog takes the place of the box
          const read = await readValueFile();
          dialogOpen = false;
          if (read && 'text' in read) hold(read.text, { kind: 'file', name: read.name });
          else failure = read?.problem;
          draw();
          box.show();
        } else {
          box.password = button === hide;
          draw();
        }
      });
    },
    () => dialogOpen,
  );
}

/** A browser that was not allowed to give the clipboard asks the user, who may not answer. */
const CLIPBOARD_READ_MS = 1_000;

async function endsWithin(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** What is said of a value while it is entered: its size, where it comes from, and what in it is easily overlooked. */
function notice(entry: ValueEntry): Notice | null {
  if (entry.isEmpty) return null;
  const value = entry.value;
  const problem = valueProblem(value, t);
  if (problem) return { message: problem.message, severity: 'blocks' };
  const number = new Intl.NumberFormat(vscode.env.language);
  const bytes = number.format(value.byteLength);
  const text = value.expose();
  const lines = countLines(text);
  const size =
    entry.source === null
      ? vscode.l10n.t('{0} of {1} bytes.', bytes, number.format(MAX_VALUE_BYTES))
      : lines === 1
        ? vscode.l10n.t('1 line, {0} bytes, {1}.', bytes, origin(entry.source))
        : vscode.l10n.t('{0} lines, {1} bytes, {2}.', number.format(lines), bytes, origin(entry.source));
  const back = entry.source === null && entry.holds ? [vscode.l10n.t('Empty the box to get the other text back.')] : [];
  return { message: [size, ...valueNotes(text, t), ...back].join(' '), severity: 'info' };
}

function origin(source: ValueSource): string {
  switch (source.kind) {
    case 'clipboard':
      return vscode.l10n.t('from the clipboard');
    case 'selection':
      return vscode.l10n.t('from the selection');
    case 'generated':
      return vscode.l10n.t('generated');
    case 'file':
      return vscode.l10n.t('from {0}', inMessage(source.name));
  }
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  return editor ? editor.document.getText(editor.selection) : '';
}

/** Nothing when a browser does not allow it; VS Code says that itself then. */
async function clipboardText(): Promise<string> {
  return await vscode.env.clipboard.readText().then(undefined, () => '');
}
