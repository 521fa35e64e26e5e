// @vitest-environment jsdom
import '../setup.ts';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { COMMANDS } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from '../forms/jupyter.ts';
import { act, fireEvent, focus, key, openPanel, row, screen, settle, within, type Server } from './page.tsx';

let jupyter: Jupyter;
let server: Server;
beforeEach(() => {
  jupyter = new Jupyter();
  server = { jupyter };
  for (const name of ['KEY', 'OTHER', 'PATH']) jupyter.add(name);
});

/** What the server says of the notebook: of its kernel, and of secrets as `NAME: state` or `NAME: state, reason`. */
function said(about: object, secrets: Readonly<Record<string, string>> = {}): void {
  jupyter.notebook = {
    ...jupyter.notebook,
    ...about,
    secrets: Object.entries(secrets).map(([name, words]) => {
      const [state, reason = null] = words.split(', ');
      return { vault: 'local', name, granted: state !== 'gone', state: state === 'gone' ? 'next_cell' : state, reason };
    }),
  };
}
const open = (options = {}) => openPanel(server, { notebook: 'work/a.ipynb', ...options });
const bar = (): HTMLElement => screen.getByRole('region', { name: 'Notebook a.ipynb' });
const text = (): string => bar().textContent;
const turn = (name: string): HTMLElement => within(row(new RegExp(`^${name},`))).getByRole('switch');
const press = (name: string): void => {
  fireEvent.click(within(bar()).getByRole('button', { name }));
};

describe('each secret has a switch for the notebook in sight', () => {
  it('that says whether it may use it, by its name', async () => {
    said({}, { KEY: 'in_kernel' });
    await open();
    expect(turn('KEY').getAttribute('aria-checked')).toBe('true');
    expect(turn('OTHER').getAttribute('aria-checked')).toBe('false');
    expect(screen.getByRole('switch', { name: 'Allow OTHER in a.ipynb' })).toBe(turn('OTHER'));
  });

  it('that allows and revokes', async () => {
    said({}, { KEY: 'in_kernel' });
    const { ran } = await open();
    fireEvent.click(turn('OTHER'));
    fireEvent.click(turn('KEY'));
    expect(ran).toEqual([
      [COMMANDS.allow, { vault: 'local', uid: 'uid-2' }],
      [COMMANDS.revoke, { vault: 'local', uid: 'uid-1' }],
    ]);
  });

  it('that does nothing else while it is at work, and then shows what is so', async () => {
    const { ran } = await open();
    const go = jupyter.delay(/^POST \/notebooks\/state$/);
    said({}, { OTHER: 'next_cell' });
    fireEvent.click(turn('OTHER'));
    await settle();
    expect(turn('OTHER').getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(turn('OTHER'));
    expect(ran).toHaveLength(1);
    go();
    await settle();
    expect([turn('OTHER').getAttribute('aria-checked'), turn('OTHER').getAttribute('aria-disabled')]).toEqual([
      'true',
      null,
    ]);
  });

  it('that the space bar turns, of the row that has the focus', async () => {
    said({}, { KEY: 'in_kernel' });
    const { ran } = await open();
    focus(/^KEY/);
    key(' ');
    focus(/^OTHER/);
    key(' ');
    expect(ran).toEqual([
      [COMMANDS.revoke, { vault: 'local', uid: 'uid-1' }],
      [COMMANDS.allow, { vault: 'local', uid: 'uid-2' }],
    ]);
    expect(turn('OTHER').title).toContain('(Space)');
  });

  it('that is reached from its row alone', async () => {
    await open();
    focus(/^OTHER/);
    expect(screen.getAllByRole('switch').filter((one) => one.tabIndex === 0 && !bar().contains(one))).toEqual([
      turn('OTHER'),
    ]);
  });

  it.each([
    ['no notebook is in sight', () => openPanel(server)],
    ['its kernel is out of reach', () => (said({ possible: false, why: 'gateway' }), open())],
    ['the server is older', () => (jupyter.refuse(/state$/, 404, 'no_service', { reason: 'extension' }), open())],
    ['nobody can turn it', () => open({ without: [COMMANDS.allow] })],
  ])('unless %s', async (_, opening) => {
    await opening();
    expect(screen.queryAllByRole('switch', { name: /^Allow/ })).toEqual([]);
    focus(/^KEY/);
    key(' ');
    expect(document.activeElement).toBe(row(/^KEY/));
  });
});

describe('each secret says how it stands in the kernel', () => {
  it.each([
    ['no_kernel', 'There when a kernel starts'],
    ['in_kernel', 'In this kernel'],
    ['next_cell', 'There from the next cell on'],
    ['gone', 'Gone from the next cell on'],
    ['left_out, never_exported', 'Never put into a kernel’s environment: code would run otherwise than expected.'],
    ['left_out, shared', 'Another notebook has the same kernel and may not use it.'],
    ['missing, locked', 'Your secrets are locked.'],
    ['missing, of the future', 'It could not be read.'],
  ])('%s', async (state, words) => {
    said({}, { KEY: state });
    await open();
    const allowed = state === 'gone' ? 'no longer allowed' : 'allowed';
    expect(row(`KEY, Generic, ${allowed} in a.ipynb: ${words}`).querySelector('.dls-Mark')?.getAttribute('title')).toBe(
      words,
    );
  });

  it.each([
    ['restart', 'There once the kernel is restarted'],
    ['before', 'The kernel runs since before Datalayer Secrets was there: restart it'],
  ])('%s, with the button for it below', async (state, words) => {
    said({ kernel: state === 'before' ? 'before' : 'start' }, { KEY: state });
    const { restart } = await open();
    expect(row(`KEY, Generic, allowed in a.ipynb: ${words}`).querySelector('.dls-Mark')).not.toBeNull();
    expect(turn('KEY').title).toContain(words);
    press('Restart Kernel…');
    expect(restart).toHaveBeenCalledTimes(1);
  });

  it('nothing of another vault’s secret with the same name', async () => {
    said({}, { KEY: 'in_kernel' });
    jupyter.signedIn = true;
    jupyter.add('KEY', { vault: 'datalayer' });
    await open();
    const [local, remote] = screen.getAllByRole('treeitem', { name: /^KEY/ }) as [HTMLElement, HTMLElement];
    expect(within(local).getByRole('switch').getAttribute('aria-checked')).toBe('true');
    expect(within(remote).getByRole('switch').getAttribute('aria-checked')).toBe('false');
  });
});

describe('the panel says of the notebook in sight', () => {
  it.each([
    [{ kernel: 'none' }, 'No kernel runs.'],
    [{ kernel: 'live' }, 'with the next cell that runs.'],
    [{ kernel: 'start' }, 'only when it starts.'],
    [{ kernel: 'before' }, 'since before Datalayer Secrets was there.'],
    [{ possible: false, why: 'gateway' }, 'behind a gateway'],
    [{ possible: false, why: 'remote' }, 'on another machine'],
    [{ stored: 'memory' }, 'forgotten when the server ends'],
  ])('%j', async (about, words) => {
    said(about);
    await open();
    expect(text()).toContain(words);
    expect(within(bar()).queryByRole('button', { name: 'Restart Kernel…' })).toBeNull();
  });

  it('that it lies elsewhere, where the server does not have it', async () => {
    await open({ notebook: 'github:work/a.ipynb' });
    expect(text()).toContain('does not lie on the Jupyter server');
  });

  it('that the server is older, and asks again', async () => {
    jupyter.refuse(/state$/, 404, 'no_service', { reason: 'extension' });
    await open();
    expect(text()).toContain('Update jupyterlab-datalayer-secrets where the server runs');
    press('Try Again');
    await settle();
    expect(text()).toContain('with the next cell');
  });

  it('what is left out, and why, those with the same reason together', async () => {
    said(
      {},
      {
        KEY: 'left_out, too_long',
        OTHER: 'left_out, too_long',
        PATH: 'left_out, never_exported',
        'A\u202eB': 'left_out, nul',
      },
    );
    await open();
    const items = within(bar())
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent);
    expect(items).toEqual([
      'KEY, OTHER: Longer than the 32,000 bytes that an environment takes.',
      'PATH: Never put into a kernel’s environment: code would run otherwise than expected.',
      'A B: The value holds a NUL, which no environment takes.',
    ]);
    expect(text()).toContain('datalayer_secrets.get("NAME")');
  });

  it('that code cannot ask for it where the kernel has no package of ours', async () => {
    said({ kernel: 'start' }, { PATH: 'left_out, never_exported' });
    await open();
    expect(text()).not.toContain('datalayer_secrets');
  });

  it.each([
    ['locked', 'Unlock', [COMMANDS.unlock, {}]],
    ['not_found', 'Create GONE', [COMMANDS.create, { name: 'GONE' }]],
  ])('what helps where it is missing (%s)', async (reason, label, expected) => {
    said({}, { GONE: `missing, ${reason}` });
    const { ran } = await open();
    press(label);
    expect(ran).toEqual([expected]);
  });

  it('what is so once a vault is open, or has another secret', async () => {
    said({}, { NEW: 'missing, not_found' });
    const { secrets } = await open();
    expect(text()).toContain('NEW: No secret has this name any more.');
    said({}, { NEW: 'next_cell' });
    jupyter.add('NEW');
    jupyter.revision += 1;
    await act(() => secrets.model.refresh());
    await settle();
    expect(text()).not.toContain('NEW');
  });

  it('nothing while a form is open, or there is nothing to list', async () => {
    const { desk } = await open();
    act(() => void desk.open({ kind: 'create' }));
    expect(screen.queryByRole('region', { name: /^Notebook/ })).toBeNull();
  });

  it('where all that notebooks may use is listed', async () => {
    const { ran } = await open();
    press('What Notebooks May Use…');
    expect(ran).toEqual([[COMMANDS.grants, {}]]);
  });
});

describe('redaction', () => {
  it('is on, with its limits on demand', async () => {
    const { ran } = await open();
    expect(within(bar()).getByText(/under 6 characters/).hidden).toBe(true);
    press('About');
    expect(within(bar()).getByText(/under 6 characters/).hidden).toBe(false);
    fireEvent.click(within(bar()).getByRole('switch', { name: 'Redact values in outputs' }));
    expect(ran).toEqual([[COMMANDS.redaction, { on: false }]]);
  });

  it('is seen to be off, and turned on again', async () => {
    said({ redaction: false });
    const { ran } = await open();
    expect(within(bar()).getByText(/print values as they are/).hidden).toBe(false);
    expect(text()).toContain('Outputs are not redacted');
    fireEvent.click(within(bar()).getByRole('switch', { name: 'Redact values in outputs' }));
    expect(ran).toEqual([[COMMANDS.redaction, { on: true }]]);
  });

  it('is not spoken of where the kernel is out of reach', async () => {
    said({ possible: false, why: 'remote' });
    await open();
    expect(within(bar()).queryByRole('switch')).toBeNull();
  });
});

it('has nothing that axe finds, with switches, marks and what is left out', async () => {
  said({ redaction: false }, { KEY: 'restart', OTHER: 'in_kernel', PATH: 'left_out, never_exported' });
  await open();
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
