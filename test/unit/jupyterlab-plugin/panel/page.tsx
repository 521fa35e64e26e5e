import { CommandRegistry } from '@lumino/commands';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import * as React from 'react';
import { afterEach, vi } from 'vitest';

import { type Fetch, inEnglish, type Translate } from '@datalayer-secrets/shared';

import { Desk } from '../../../../jupyterlab-plugin/src/panel/desk.ts';
import { PanelView } from '../../../../jupyterlab-plugin/src/panel/panel-view.tsx';
import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import { COMMANDS } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from '../forms/jupyter.ts';
import { kernelsOf, OpenNotebook } from '../kernels/notebooks.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
afterEach(cleanup);

/** Of the list, which jsdom does not lay out. */
const HEIGHT = 400;
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => HEIGHT });

export interface Server {
  readonly jupyter: Jupyter;
  /** What `POST /ensure` says instead of what the service is. */
  ensure?: { service: object; policy?: object };
  /** Answers in the place of the routes. */
  answer?: (path: string) => Response | Promise<Response> | undefined;
}

export interface Panel {
  readonly secrets: Secrets;
  readonly desk: Desk;
  /** The commands that ran, with their arguments. */
  readonly ran: [string, unknown][];
  readonly commands: CommandRegistry;
  /** The notebook in sight, if there is one. */
  readonly notebook: OpenNotebook | null;
  readonly restart: ReturnType<typeof vi.fn<() => void>>;
}

/** The panel over the real model and client, with commands that note that they ran. Somebody looks at it. */
export async function openPanel(
  server: Server,
  { without = [] as string[], notebook: path = null as string | null } = {},
): Promise<Panel> {
  const { jupyter } = server;
  const fetch: Fetch = async (url, init) => {
    const path = url.slice(jupyter.origin.length);
    const planned = await server.answer?.(path);
    if (planned) return planned;
    if (path === '/ensure' && server.ensure)
      return Response.json({ success: true, policy: { localVault: true, apiKey: false }, ...server.ensure });
    return jupyter.fetch(url, init);
  };
  const secrets = new Secrets({ origin: jupyter.origin, changes: () => () => undefined, fetch });
  const { kernels, notebooks } = kernelsOf({ origin: jupyter.origin, fetch });
  const notebook = path === null ? null : new OpenNotebook(path);
  notebooks.show(notebook);
  const restart = vi.fn<() => void>();
  const ran: [string, unknown][] = [];
  const commands = new CommandRegistry();
  for (const id of Object.values(COMMANDS)) {
    if (without.includes(id)) continue;
    commands.addCommand(id, { label: id, execute: (args) => void ran.push([id, { ...args }]) });
  }
  const desk = new Desk();
  const t: Translate = inEnglish;
  render(<PanelView tools={{ secrets, kernels, restart, commands, t, language: 'en' }} desk={desk} drawn={vi.fn()} />);
  act(() => {
    secrets.attend();
    kernels.attend();
  });
  await settle();
  return { secrets, desk, ran, commands, notebook, restart };
}

/** Until the answers that are on their way are drawn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await act(() => new Promise((resolve) => setImmediate(resolve)));
}

export const key = (name: string, modifiers: object = {}): void => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...modifiers });
};

export const rowNames = (): string[] =>
  screen.queryAllByRole('treeitem').map((row) => row.querySelector('.dls-Row-name')?.textContent ?? row.textContent);

export const row = (name: string | RegExp): HTMLElement => screen.getByRole('treeitem', { name });

/** Puts the focus on a row, as a click does. */
export function focus(name: string | RegExp): void {
  act(() => row(name).focus());
}

export const searchBox = (): HTMLElement => screen.getByRole('searchbox');

export function search(query: string): void {
  fireEvent.change(searchBox(), { target: { value: query } });
}

export { act, fireEvent, screen, waitFor, within };
