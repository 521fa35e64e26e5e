import type { ReferenceLanguage, WrittenReference } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Deps } from '../commands/command.ts';
import { offerRestart } from '../kernels/restart.ts';
import { notebookName } from '../kernels/words.ts';
import { kernelWords } from '../panel/notebook-words.ts';

interface Written {
  readonly reference: WrittenReference;
  readonly language: ReferenceLanguage;
}

const told = new Set<string>();

/** Each sentence once in a page. */
function tellOnce(sentence: string, tell: (sentence: string, options: Notification.IOptions<never>) => unknown): void {
  if (told.has(sentence)) return;
  told.add(sentence);
  tell(sentence, { autoClose: 10_000 });
}

/** Says in one sentence how a reference in a file gets its value. */
export function tellHowItRuns(trans: TranslationBundle, { reference, language }: Written): void {
  const { hint, import: needed } = reference;
  const byPackage = language.get !== undefined && needed?.line === `import ${language.get.module}`;
  const sentence = language.uriOnly
    ? trans.__('What reads this file gets the reference: nothing resolves it yet.')
    : byPackage
      ? trans.__(
          'The package datalayer_secrets gives the value in notebooks that may use it; programs do not have it yet.',
        )
      : trans.__('Datalayer runtimes set this variable; programs that are started on this server do not have it yet.');
  tellOnce(hint ?? sentence, Notification.info);
}

/** The same of a reference in a notebook that may use the secret; with a button where the kernel has to start anew. */
export async function tellHowItRunsIn(
  { trans, dialogs, translate, kernels }: Deps,
  panel: NotebookPanel,
  { reference }: Written,
): Promise<void> {
  const place = kernels.placeOf(panel);
  const notebook = await kernels.of(place).catch(() => null);
  if (!notebook) return;
  const { possible, kernel } = notebook;
  const words = kernelWords(translate, { kind: 'known', place, notebook });
  if (!possible) tellOnce(words, Notification.warning);
  else if (kernel === 'start' || kernel === 'before')
    offerRestart({ trans, dialogs }, panel, `${notebookName(notebook.path)}: ${words}`);
  else tellOnce(reference.hint ?? words, Notification.info);
}
