import type { ReferenceLanguage, WrittenReference } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Deps } from '../commands/command.ts';
import { nameInMessage } from '../commands/words.ts';
import { notebookName } from '../kernels/words.ts';
import type { NotebookState } from '../kernels/notebook-state.ts';
import { offerRestart } from '../kernels/restart.ts';

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
export function tellHowItRunsIn(
  deps: Deps,
  panel: NotebookPanel,
  { possible, kernel, why }: NotebookState,
  name: string,
  { reference }: Written,
): void {
  const { trans } = deps;
  if (!possible) tellOnce(whyImpossible(trans, why), Notification.warning);
  else if (kernel === 'start' || kernel === 'before') {
    const words = [nameInMessage(name), notebookName(panel.context.path)];
    offerRestart(
      deps,
      panel,
      kernel === 'start'
        ? trans.__('%1 is there once the kernel of %2 has started anew.', ...words)
        : trans.__(
            'The kernel of %2 runs since before secrets could reach it. Once started anew, it has %1.',
            ...words,
          ),
    );
  } else tellOnce(reference.hint ?? trans.__('Its value is there from the next cell that runs.'), Notification.info);
}

/** Why kernels get nothing, and what instead. */
function whyImpossible(trans: TranslationBundle, why: NotebookState['why']): string {
  return why === 'gateway'
    ? trans.__('Kernels of this server run behind a gateway, where no secret reaches them: set the variable there.')
    : trans.__('This kernel runs on another machine, where no secret reaches it: set the variable there.');
}
