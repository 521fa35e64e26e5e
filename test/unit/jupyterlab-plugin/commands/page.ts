import { inEnglish } from '@datalayer-secrets/shared';
import { Notification, SessionContextDialogs } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { vi } from 'vitest';
import type { Deps } from '../../../../jupyterlab-plugin/src/commands/command.ts';
import { runCommand } from '../../../../jupyterlab-plugin/src/commands/edge.ts';
import { ALL } from '../../../../jupyterlab-plugin/src/commands/index.ts';
import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import type { Sheet } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from '../forms/jupyter.ts';
import { type CellOf, notebookOf, pageOf } from '../insert/documents.ts';
import { kernelsOf, type OpenNotebook } from '../kernels/notebooks.ts';

export interface PageOf {
  readonly cells?: readonly CellOf[];
  /** The notebook that commands are about which are called on none. */
  readonly inSight?: OpenNotebook;
  /** The user before a form. */
  readonly fill?: (sheet: Sheet, deps: Deps) => Promise<boolean>;
}

/** A page over the real model and client, that shows a notebook. */
export function page({ cells = ['x = '], inSight, fill = () => Promise.resolve(false) }: PageOf = {}) {
  const jupyter = new Jupyter();
  const secrets = new Secrets({ origin: jupyter.origin, fetch: jupyter.fetch, changes: () => () => undefined });
  const { kernels, notebooks, tell } = kernelsOf(jupyter);
  notebooks.show(inSight ?? null);
  const notebook = notebookOf(cells);
  const opened: Sheet[] = [];
  const commands = new CommandRegistry();
  const deps: Deps = {
    commands,
    secrets,
    kernels,
    panel: {
      activate: () => undefined,
      search: () => undefined,
      selected: null,
      open(sheet) {
        opened.push(sheet);
        return fill(sheet, deps);
      },
    },
    references: { documents: pageOf(notebook.panel), manner: { style: 'environment', translate: inEnglish } },
    dialogs: new SessionContextDialogs(),
    trans: nullTranslator.load(''),
    translate: inEnglish,
    underMenu: () => null,
  };
  for (const command of ALL) commands.addCommand(command.id, { execute: (args) => runCommand(command, deps, args) });
  return {
    jupyter,
    secrets,
    notebook,
    opened,
    deps,
    run: (id: string, args = {}): Promise<unknown> => commands.execute(id, args),
    /** What the server tells all pages. */
    tell,
  };
}

export const messages = () => Notification.manager.notifications.map(({ message }) => message);

export const action = (label: string) =>
  Notification.manager.notifications.flatMap(({ options }) => options.actions ?? []).find((one) => one.label === label);

export const dialog = () => vi.waitUntil(() => document.querySelector<HTMLElement>('.jp-Dialog'));

/** Presses a button of the dialog that is there, or comes. */
export async function press(label: string): Promise<void> {
  const shown = await dialog();
  const buttons = [...shown.querySelectorAll('button')];
  await vi.waitUntil(() => shown.isConnected);
  buttons.find(({ textContent }) => textContent === label)?.click();
}
