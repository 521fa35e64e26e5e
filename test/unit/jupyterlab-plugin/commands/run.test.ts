// @vitest-environment jsdom
import '../setup.ts';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Stream } from '@lumino/signaling';
import { inEnglish } from '@datalayer-secrets/shared';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deps } from '../../../../jupyterlab-plugin/src/commands/command.ts';
import { runCommand } from '../../../../jupyterlab-plugin/src/commands/edge.ts';
import { ALL } from '../../../../jupyterlab-plugin/src/commands/index.ts';
import { ActiveNotebook } from '../../../../jupyterlab-plugin/src/kernels/active.ts';
import { KernelEvents } from '../../../../jupyterlab-plugin/src/kernels/events.ts';
import { KernelSecrets } from '../../../../jupyterlab-plugin/src/kernels/kernel-secrets.ts';
import { KernelRoutes } from '../../../../jupyterlab-plugin/src/kernels/routes.ts';
import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import { COMMANDS, type Sheet } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from '../forms/jupyter.ts';
import { notebookOf, pageOf } from '../insert/documents.ts';

Element.prototype.scrollIntoView = () => undefined;
// Yjs warns of JupyterLab's own cells, which read themselves before they are in a document.
beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));
afterEach(() => Notification.manager.dismiss());

/** A page over the real model and client, in which `fill` is the user before a form. */
function page({
  cells = ['x = '],
  fill = () => Promise.resolve(false),
}: { cells?: string[]; fill?: (sheet: Sheet) => Promise<boolean> } = {}) {
  const jupyter = new Jupyter();
  const secrets = new Secrets({ origin: jupyter.origin, fetch: jupyter.fetch, changes: () => () => undefined });
  const contents = { driveName: () => '', localPath: (path: string) => path };
  const kernels = new KernelSecrets({
    routes: new KernelRoutes(jupyter),
    events: new KernelEvents(new Stream({})),
    active: new ActiveNotebook({ shell: { currentWidget: null }, notebooks: null, contents }),
    watchGaps: () => () => undefined,
  });
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
        return fill(sheet);
      },
    },
    references: { documents: pageOf(notebook.panel), manner: { style: 'environment', translate: inEnglish } },
    trans: nullTranslator.load(''),
    translate: inEnglish,
    underMenu: () => null,
  };
  for (const command of ALL) commands.addCommand(command.id, { execute: (args) => runCommand(command, deps, args) });
  const run = (id: string, args = {}): Promise<unknown> => commands.execute(id, args);
  return { jupyter, secrets, notebook, opened, run };
}

const messages = () => Notification.manager.notifications.map(({ message }) => message);
const action = (label: string) =>
  Notification.manager.notifications.flatMap(({ options }) => options.actions ?? []).find((one) => one.label === label);
const dialog = () => vi.waitUntil(() => document.querySelector<HTMLElement>('.jp-Dialog'));
const press = async (label: string): Promise<void> => {
  const shown = await dialog();
  const buttons = [...shown.querySelectorAll('button')];
  await vi.waitUntil(() => shown.isConnected);
  buttons.find(({ textContent }) => textContent === label)?.click();
};

describe('a command', () => {
  it('inserts what it is called on, and says once how that gets its value', async () => {
    const { jupyter, notebook, run } = page();
    const uid = jupyter.add('KEY');
    expect(await run(COMMANDS.insert, { vault: 'local', uid })).toEqual({
      kind: 'inserted',
      text: 'os.environ["KEY"]',
    });
    expect(notebook.sources()).toEqual(['import os\nx = os.environ["KEY"]']);
    await run(COMMANDS.insert, { vault: 'local', uid });
    expect(messages()).toEqual([expect.stringContaining('Datalayer runtimes set this variable')]);
  });

  it('asks which secret when it is called on none, and takes the one that is found by typing', async () => {
    const { jupyter, notebook, run } = page();
    for (const name of ['OTHER', 'WEATHER_KEY', 'SMTP']) jupyter.add(name);
    const inserted = run(COMMANDS.insert);
    const input = (await dialog()).querySelector('input');
    if (!input) throw new Error('no box to type into');
    input.value = 'weather';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const offered = () => [...document.querySelectorAll('.dls-Pick [role=option]')].map((row) => row.textContent);
    await vi.waitFor(() => expect(offered()).toEqual(['WEATHER_KEY']));
    await press('Select');
    expect(await inserted).toMatchObject({ kind: 'inserted' });
    expect(notebook.sources()[0]).toContain('WEATHER_KEY');
  });

  it('is silent when the user turns back', async () => {
    const { jupyter, notebook, run } = page();
    jupyter.add('KEY');
    const inserted = run(COMMANDS.insert);
    await press('Cancel');
    expect(await inserted).toBeUndefined();
    expect([messages(), notebook.sources()]).toEqual([[], ['x = ']]);
  });

  it('offers the first secret where there is none to choose', async () => {
    const { run, opened } = page();
    await run(COMMANDS.insert);
    expect(messages()).toEqual(['There are no secrets yet.']);
    action('Create Secret…')?.callback(new MouseEvent('click'));
    await vi.waitFor(() => expect(opened).toMatchObject([{ kind: 'create' }]));
  });

  it('says what failed and what to do, and does it again when asked', async () => {
    const { jupyter, run } = page();
    const uid = jupyter.add('KEY');
    jupyter.refuse(/^DELETE/, 503, 'busy');
    const deleted = run(COMMANDS.delete, { vault: 'local', uid });
    await press('Delete');
    expect(await deleted).toBeUndefined();
    expect(Notification.manager.notifications.map(({ type }) => type)).toEqual(['error']);
    expect(action('Try Again')).toBeDefined();
  });

  it('deletes only after a question that names the secret, and which Enter answers with no', async () => {
    const { jupyter, run } = page();
    const uid = jupyter.add('KEY');
    const kept = run(COMMANDS.delete, { vault: 'local', uid });
    const question = await dialog();
    expect(question.textContent).toContain('Delete the secret KEY?');
    question.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await kept;
    expect(jupyter.asked.filter((route) => route.startsWith('DELETE'))).toEqual([]);
  });

  it('leads through unlocking before it works', async () => {
    const { jupyter, notebook, opened, run } = page({
      fill: () => {
        jupyter.state = 'open';
        return Promise.resolve(true);
      },
    });
    const uid = jupyter.add('KEY');
    jupyter.state = 'locked';
    await run(COMMANDS.insert, { vault: 'local', uid });
    expect(opened).toEqual([{ kind: 'unlock' }]);
    expect(notebook.sources()[0]).toContain('os.environ["KEY"]');
  });

  it('goes on from a new vault to its first secret', async () => {
    const { jupyter, opened, run } = page({
      fill: ({ kind }) => {
        if (kind === 'set-up') jupyter.state = 'open';
        return Promise.resolve(kind === 'set-up');
      },
    });
    jupyter.state = 'new';
    expect(await run(COMMANDS.useLocalVault)).toBe(true);
    await vi.waitFor(() => expect(opened).toMatchObject([{ kind: 'set-up' }, { kind: 'create', vault: 'local' }]));
  });
});

describe('a secret from the selection', () => {
  /** The user gives it a name, after `meanwhile`. */
  function selecting(source: string, selected: string, { same = true, meanwhile = (): void => undefined } = {}) {
    const seen: string[] = [];
    const shown = page({
      cells: [source],
      fill: (sheet) => {
        if (sheet.kind !== 'create') throw new Error('another form');
        seen.push(JSON.stringify(sheet), sheet.value?.() ?? '');
        meanwhile();
        sheet.created?.({ vault: 'local', uid: shown.jupyter.add('NEW_KEY') }, same);
        return shown.secrets.model.refresh().then(() => true);
      },
    });
    const [cell] = shown.notebook.content.widgets;
    const start = source.indexOf(selected);
    const at = (offset: number) => cell?.editor.getPositionAt(offset) ?? { line: 0, column: 0 };
    cell?.editor.setSelection({ start: at(start), end: at(start + selected.length) });
    return { ...shown, seen };
  }

  it('is read where it stands, and then replaced by a reference', async () => {
    const { run, notebook, seen } = selecting('key = "sk-1"\n', 'sk-1');
    expect(await run(COMMANDS.createFromSelection)).toMatchObject({ vault: 'local' });
    expect(seen).toEqual(['{"kind":"create"}', 'sk-1']);
    expect(notebook.sources()).toEqual(['import os\nkey = os.environ["NEW_KEY"]\n']);
    expect(messages()).toEqual([expect.stringContaining('NEW_KEY is stored')]);
  });

  it('is replaced where it stands by then', async () => {
    const { run, notebook } = selecting('key = "sk-1"\n', '"sk-1"', {
      meanwhile: () => notebook.content.widgets[0]?.model.sharedModel.updateSource(0, 3, '# mine\ntoken'),
    });
    await run(COMMANDS.createFromSelection);
    expect(notebook.sources()).toEqual(['import os\n# mine\ntoken = os.environ["NEW_KEY"]\n']);
  });

  it('is left where it stands when something was typed into it meanwhile, and that is said', async () => {
    const { run, notebook } = selecting('key = "sk-1"\n', 'sk-1', {
      meanwhile: () => notebook.content.widgets[0]?.model.sharedModel.updateSource(9, 9, 'X'),
    });
    await run(COMMANDS.createFromSelection);
    expect(notebook.sources()).toEqual(['key = "skX-1"\n']);
    expect(messages()).toEqual([expect.stringContaining('The document has changed meanwhile')]);
  });

  it('is left where it stands when another value was typed over it in the form', async () => {
    const { run, notebook } = selecting('key = "sk-1"\n', 'sk-1', { same: false });
    await run(COMMANDS.createFromSelection);
    expect(notebook.sources()).toEqual(['key = "sk-1"\n']);
    expect(messages()).toEqual(['NEW_KEY is stored.']);
  });

  it('needs a selection', async () => {
    const { run, opened } = page();
    expect(await run(COMMANDS.createFromSelection)).toBeNull();
    expect(messages()).toEqual([expect.stringContaining('Nothing is selected')]);
    expect(opened).toEqual([]);
  });
});
