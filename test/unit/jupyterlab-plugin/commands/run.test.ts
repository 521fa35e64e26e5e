// @vitest-environment jsdom
import '../setup.ts';
import { Notification } from '@jupyterlab/apputils';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { action, dialog, messages, page, press } from './page.ts';

// Yjs warns of JupyterLab's own cells, which read themselves before they are in a document.
beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));
afterEach(() => Notification.manager.dismiss());

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
    await vi.waitFor(() => expect(messages()).toEqual([expect.stringContaining('with the next cell that runs')]));
  });

  it('lets the notebook use what it inserts, before that can be run', async () => {
    const { jupyter, notebook, run } = page();
    const uid = jupyter.add('KEY');
    const go = jupyter.delay(/^POST \/grants$/);
    const inserted = run(COMMANDS.insert, { vault: 'local', uid });
    await vi.waitFor(() => expect(jupyter.asked).toContain('POST /grants'));
    expect(notebook.sources()).toEqual(['x = ']);
    go();
    await inserted;
    expect(notebook.sources()).toEqual(['import os\nx = os.environ["KEY"]']);
    expect(jupyter.grants).toMatchObject([{ path: 'a.ipynb', vault: 'local', name: 'KEY' }]);
  });

  it('inserts before what is typed while it waits, and the cursor stays behind that', async () => {
    const { jupyter, notebook, run } = page();
    const [cell] = notebook.content.widgets;
    if (!cell) throw new Error('no cell');
    cell.editor.focus();
    cell.editor.host.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    cell.editor.setSelection({ start: { line: 0, column: 4 }, end: { line: 0, column: 4 } });
    const go = jupyter.delay(/^POST \/grants$/);
    const inserted = run(COMMANDS.insert, { vault: 'local', uid: jupyter.add('KEY') });
    await vi.waitFor(() => expect(jupyter.asked).toContain('POST /grants'));
    cell.editor.replaceSelection('[:3');
    go();
    await inserted;
    cell.editor.replaceSelection(']');
    expect(notebook.sources()).toEqual(['import os\nx = os.environ["KEY"][:3]']);
  });

  it('inserts also where no answer comes, and then tells what came of it', async () => {
    const { jupyter, notebook, run } = page();
    const uid = jupyter.add('KEY');
    const go = jupyter.hold(/^POST \/grants$/);
    await run(COMMANDS.insert, { vault: 'local', uid });
    expect(notebook.sources()).toEqual(['import os\nx = os.environ["KEY"]']);
    expect(messages()).toEqual([]);
    go();
    await vi.waitFor(() => expect(messages()).toEqual([expect.stringContaining('a.ipynb cannot use KEY yet.')]));
  });

  it('inserts also where the server is older than the page, says so, and allows it when asked again', async () => {
    const { jupyter, notebook, run } = page();
    const uid = jupyter.add('KEY');
    jupyter.refuse(/^POST \/grants$/, 404, 'no_service', { reason: 'extension' });
    await run(COMMANDS.insert, { vault: 'local', uid });
    expect(notebook.sources()).toEqual(['import os\nx = os.environ["KEY"]']);
    expect(messages()).toEqual([expect.stringContaining('a.ipynb cannot use KEY yet.')]);
    action('Try Again')?.callback(new MouseEvent('click'));
    await vi.waitFor(() => expect(jupyter.grants).toHaveLength(1));
  });

  it('allows nothing where nothing is inserted', async () => {
    const { jupyter, run } = page({ cells: [['markdown', 'text']] });
    const uid = jupyter.add('KEY');
    expect(await run(COMMANDS.insert, { vault: 'local', uid })).toEqual({ kind: 'unsupported' });
    expect(jupyter.asked).not.toContain('POST /grants');
  });

  it('offers to start a kernel anew that takes variables at its start only', async () => {
    const { jupyter, run } = page();
    jupyter.notebook = { ...jupyter.notebook, kernel: 'start' };
    await run(COMMANDS.insert, { vault: 'local', uid: jupyter.add('KEY') });
    await vi.waitFor(() => expect(messages()).toEqual([expect.stringMatching(/^a\.ipynb: .+ only when it starts\.$/)]));
    expect(action('Restart Kernel…')).toBeDefined();
  });

  it('says where kernels get nothing, and what instead', async () => {
    const { jupyter, run } = page();
    jupyter.notebook = { ...jupyter.notebook, possible: false, why: 'gateway' };
    await run(COMMANDS.insert, { vault: 'local', uid: jupyter.add('KEY') });
    await vi.waitFor(() => expect(messages()).toEqual([expect.stringContaining('set the variables there')]));
  });

  it('tells, after a rename, which notebooks could use the old name, and allows them the new one', async () => {
    const { jupyter, run } = page({
      fill: async (_, { secrets }) => {
        const [secret] = secrets.model.state.vaults.flatMap(({ list }) => ('secrets' in list ? list.secrets : []));
        if (secret) await secrets.model.update('local', secret, { name: 'NEW' });
        return true;
      },
    });
    const uid = jupyter.add('OLD');
    for (const path of ['a.ipynb', 'work/b.ipynb']) jupyter.allow(path, 'local', 'OLD');
    jupyter.allow('c.ipynb', 'local', 'OTHER');
    await run(COMMANDS.edit, { vault: 'local', uid });
    await vi.waitFor(() => expect(messages()).toEqual(['OLD is NEW now. May use OLD: a.ipynb, b.ipynb.']));
    action('Allow NEW There')?.callback(new MouseEvent('click'));
    await vi.waitFor(() =>
      expect(jupyter.grants.map(({ path, name }) => `${path} ${name}`)).toEqual([
        'c.ipynb OTHER',
        'a.ipynb NEW',
        'work/b.ipynb NEW',
      ]),
    );
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
    expect(messages()).toContainEqual(expect.stringContaining('NEW_KEY is stored'));
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
