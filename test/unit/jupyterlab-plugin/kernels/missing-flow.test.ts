// @vitest-environment jsdom
import '../setup.ts';
import { Notification } from '@jupyterlab/apputils';
import { NotebookActions } from '@jupyterlab/notebook';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MissingSecrets } from '../../../../jupyterlab-plugin/src/kernels/missing-flow.ts';
import { action, dialog, messages, page, type PageOf, press } from '../commands/page.ts';

beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));
afterEach(() => {
  Notification.manager.dismiss();
  vi.restoreAllMocks();
});

const SOURCE = 'import os\nprint(os.environ["KEY"])';

/** A page in which a cell failed. What runs cells again needs a kernel: here it is only seen to be asked. */
function failing(options: PageOf = {}) {
  const shown = page({ cells: [SOURCE], ...options });
  const ran = vi.spyOn(NotebookActions, 'runCells').mockResolvedValue(true);
  const flow = new MissingSecrets(shown.deps);
  const { panel } = shown.notebook;
  const [cell] = panel.content.widgets;
  if (!cell) throw new Error('no cell');
  const standing = (state: string, reason: string | null = null): void => {
    const secrets = [{ vault: 'local', name: 'KEY', granted: true, state, reason }];
    shown.jupyter.notebook = { ...shown.jupyter.notebook, secrets };
  };
  return { ...shown, flow, cell, ran, standing, run: { panel, cell, source: SOURCE } };
}

const click = (label: string) => action(label)?.callback(new MouseEvent('click'));

describe('what a cell lacked', () => {
  it('is allowed after a question that names secret and notebook, and then the cell runs again', async () => {
    const { jupyter, flow, run, ran, standing, cell } = failing();
    jupyter.add('KEY');
    await flow.offer(run, ['KEY']);
    expect(messages()).toEqual(['The cell asks for KEY, which a.ipynb may not use.']);
    click('Allow for This Notebook…');
    expect((await dialog()).textContent).toContain('Allow KEY for a.ipynb?');
    expect(jupyter.grants).toEqual([]);
    standing('next_cell');
    await press('Allow and Run');
    await vi.waitFor(() => expect(ran).toHaveBeenCalledOnce());
    expect(ran.mock.calls[0]?.[1]).toEqual([cell]);
    expect(jupyter.grants).toMatchObject([{ path: 'a.ipynb', vault: 'local', name: 'KEY' }]);
  });

  it('is not allowed, and nothing runs, where the user turns back', async () => {
    const { jupyter, flow, run, ran } = failing();
    jupyter.add('KEY');
    await flow.offer(run, ['KEY']);
    click('Allow for This Notebook…');
    await press('Cancel');
    await vi.waitFor(() => expect(document.querySelector('.jp-Dialog')).toBeNull());
    expect([jupyter.grants, ran.mock.calls]).toEqual([[], []]);
  });

  it('is taken from the vault that the user chooses', async () => {
    const { jupyter, flow, run, standing } = failing();
    jupyter.signedIn = true;
    jupyter.add('KEY');
    jupyter.add('KEY', { vault: 'datalayer' });
    await flow.offer(run, ['KEY']);
    click('Allow for This Notebook…');
    const choice = (await dialog()).querySelector('select');
    if (!choice) throw new Error('nothing to choose');
    choice.value = 'Datalayer';
    standing('next_cell');
    await press('Allow and Run');
    await vi.waitFor(() => expect(jupyter.grants).toMatchObject([{ vault: 'datalayer', name: 'KEY' }]));
  });

  it('is created in the form of the panel, then allowed after the same question', async () => {
    const { jupyter, flow, run, ran, standing, opened } = failing({
      fill: async (sheet, { secrets }) => {
        if (sheet.kind === 'create') sheet.created?.({ vault: 'local', uid: jupyter.add('KEY') }, false);
        await secrets.model.refresh();
        return true;
      },
    });
    await flow.offer(run, ['KEY']);
    expect(messages()).toEqual(['The cell asks for KEY, which is in none of your vaults.']);
    click('Create KEY…');
    await vi.waitFor(() => expect(opened).toMatchObject([{ kind: 'create', name: 'KEY' }]));
    standing('next_cell');
    await press('Allow and Run');
    await vi.waitFor(() => expect(ran).toHaveBeenCalledOnce());
    expect(jupyter.grants).toMatchObject([{ name: 'KEY' }]);
  });

  it('is not allowed to the notebook where the user gave it another name', async () => {
    const { jupyter, flow, run } = failing({
      fill: async (sheet, { secrets }) => {
        if (sheet.kind === 'create') sheet.created?.({ vault: 'local', uid: jupyter.add('OTHER') }, false);
        await secrets.model.refresh();
        return true;
      },
    });
    await flow.offer(run, ['KEY']);
    click('Create KEY…');
    await vi.waitFor(() => expect(messages()).toContain('OTHER is stored.'));
    expect(document.querySelector('.jp-Dialog')).toBeNull();
    expect(jupyter.grants).toEqual([]);
  });

  it('runs again once the vault is open that it lies in', async () => {
    const { jupyter, flow, run, ran, standing } = failing({
      fill: () => {
        jupyter.state = 'open';
        standing('next_cell');
        return Promise.resolve(true);
      },
    });
    jupyter.add('KEY');
    jupyter.state = 'locked';
    standing('missing', 'locked');
    await flow.offer(run, ['KEY']);
    expect(messages()).toEqual(['The cell asks for KEY, but your secrets are locked.']);
    click('Unlock');
    await vi.waitFor(() => expect(ran).toHaveBeenCalledOnce());
  });

  it('comes with the next start of the kernel, where it takes variables then only', async () => {
    const { flow, run, standing } = failing();
    standing('restart');
    await flow.offer(run, ['KEY']);
    expect(messages()).toEqual(['a.ipynb may use KEY; its kernel gets it when it starts anew.']);
    expect(action('Restart Kernel…')).toBeDefined();
  });

  it('does not run again by itself where the cell has changed', async () => {
    const { flow, run, ran, cell, standing } = failing();
    standing('next_cell');
    await flow.offer(run, ['KEY']);
    cell.model.sharedModel.setSource('import os\nos.system("something else")');
    click('Run Again');
    await vi.waitFor(() => expect(messages()).toContain('The cell has changed meanwhile: run it again yourself.'));
    expect(ran).not.toHaveBeenCalled();
  });

  it('is offered once, however often the cell fails, until that offer is gone', async () => {
    const { jupyter, flow, run } = failing();
    jupyter.add('KEY');
    await Promise.all([flow.offer(run, ['KEY']), flow.offer(run, ['KEY']), flow.offer(run, ['KEY'])]);
    await flow.offer(run, ['KEY']);
    expect(messages()).toHaveLength(1);
    Notification.manager.dismiss();
    await flow.offer(run, ['KEY']);
    expect(messages()).toHaveLength(1);
  });

  it('is offered no more once the cell ran', async () => {
    const { flow, run, cell } = failing();
    await flow.offer(run, ['KEY']);
    expect(messages()).toHaveLength(1);
    flow.ran(cell);
    expect(messages()).toEqual([]);
  });

  it('is not offered where the server cannot say anything of the notebook, or kernels get nothing', async () => {
    const { jupyter, flow, run } = failing();
    jupyter.refuse(/state$/, 404, 'no_service');
    await flow.offer(run, ['KEY']);
    jupyter.notebook = { ...jupyter.notebook, possible: false, why: 'gateway' };
    await flow.offer(run, ['KEY']);
    expect(messages()).toEqual([]);
  });
});
