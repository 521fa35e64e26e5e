// @vitest-environment jsdom
import '../setup.ts';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';

import { SecretValue } from '@datalayer-secrets/shared';

import type { Desk } from '../../../../jupyterlab-plugin/src/panel/desk.ts';
import { COMMANDS, type Sheet } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from '../forms/jupyter.ts';
import {
  act,
  fireEvent,
  focus,
  key,
  openPanel,
  row,
  rowNames,
  screen,
  search,
  searchBox,
  settle,
  within,
  type Server,
} from './page.tsx';

let jupyter: Jupyter;
let server: Server;
beforeEach(() => {
  jupyter = new Jupyter();
  server = { jupyter };
});

const text = (): string => document.body.textContent;
const buttons = (): string[] => screen.getAllByRole('button').map((one) => one.textContent || one.ariaLabel || '');
const press = (name: string | RegExp): void => {
  fireEvent.click(screen.getByRole('button', { name }));
};
/** Opens a form, which is drawn then. */
function opened(desk: Desk, sheet: Sheet): Promise<boolean> {
  let completed: Promise<boolean> = Promise.resolve(false);
  act(() => void (completed = desk.open(sheet)));
  return completed;
}
const some = (): void => {
  jupyter.add('OPENAI_API_KEY', { variant: 'key', description: 'for the demo' });
  jupyter.add('DB_PASSWORD', { variant: 'password' });
  jupyter.add('AWS_KEY', { variant: 'key' });
};

describe('the panel, without a list', () => {
  it('offers two ways in where nothing was used yet', async () => {
    server.ensure = { service: { state: 'none', used: false, quiet: false } };
    const { ran } = await openPanel(server);
    expect(text()).toContain('no value in a notebook or a file');
    press('Use the Local Vault');
    press('Sign in to Datalayer');
    expect(ran).toEqual([
      [COMMANDS.useLocalVault, {}],
      [COMMANDS.signIn, {}],
    ]);
  });

  it('says which machine the vault would be on, where that is known', async () => {
    jupyter.state = 'new';
    await openPanel(server);
    expect(text()).toContain('Encrypted, on ada-laptop, where Jupyter runs.');
  });

  it('opens nothing by itself where that would take a click', async () => {
    server.ensure = { service: { state: 'none', used: true, quiet: false } };
    const { ran } = await openPanel(server);
    expect(text()).toContain('Nothing runs until you ask for it.');
    press('Open Secrets');
    expect(ran).toEqual([[COMMANDS.unlock, {}]]);
  });

  it.each(['none', 'open'])('says why no vault is possible here, and what is instead (service: %s)', async (state) => {
    server.ensure = { service: { state, used: false, quiet: false }, policy: { localVault: false, apiKey: false } };
    server.answer = (path) =>
      path.endsWith('/vaults') ? Response.json({ success: true, vaults: [], offers: [] }) : undefined;
    await openPanel(server);
    expect(text()).toContain('has turned off the vault on its machine');
    expect(screen.queryByRole('button', { name: 'Use the Local Vault' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Sign in to Datalayer' })).toBeDefined();
  });

  it('of a server with a key of its own opens with that', async () => {
    server.ensure = {
      service: { state: 'none', used: false, quiet: false },
      policy: { localVault: false, apiKey: true },
    };
    const { ran } = await openPanel(server);
    press('Open Secrets');
    expect(ran).toEqual([[COMMANDS.refresh, {}]]);
  });

  it('unlocks', async () => {
    jupyter.state = 'locked';
    const { ran } = await openPanel(server);
    expect(text()).toContain('on ada-laptop, locked');
    press('Unlock');
    expect(ran).toEqual([[COMMANDS.unlock, {}]]);
  });

  it('leads to the first secret', async () => {
    const { ran } = await openPanel(server);
    expect(text()).toContain('No secrets yet');
    for (const one of screen.getAllByRole('button', { name: 'Create Secret' })) fireEvent.click(one);
    expect(ran).toEqual([
      [COMMANDS.create, {}],
      [COMMANDS.create, {}],
    ]);
  });

  it('says that it looks, while it does', async () => {
    server.answer = (path) => (path.includes('/iam/') ? new Promise<Response>(() => undefined) : undefined);
    await openPanel(server);
    expect(screen.getAllByRole('status').some((one) => one.textContent.includes('Looking for your secrets'))).toBe(
      true,
    );
  });

  it('says what failed and what to do, and tries again', async () => {
    server.answer = (path) =>
      path.includes('/iam/')
        ? Response.json({ success: false, code: 'audit_unavailable' }, { status: 503 })
        : undefined;
    const { ran } = await openPanel(server);
    expect(screen.getByRole('alert').textContent).toContain('The audit record could not be written');
    expect(text()).toContain('Check the disk that holds the vault');
    press('Try Again');
    expect(ran).toEqual([[COMMANDS.refresh, {}]]);
  });

  it('says how to install the server part where that is missing', async () => {
    server.answer = () => Response.json({ success: false, code: 'no_service', details: { reason: 'extension' } });
    await openPanel(server);
    expect(screen.getByRole('alert').textContent).toContain('Install jupyterlab-datalayer-secrets');
  });

  it('offers nothing that cannot be done now', async () => {
    server.ensure = { service: { state: 'none', used: false, quiet: false } };
    await openPanel(server, { without: [COMMANDS.signIn] });
    expect(screen.queryByRole('button', { name: 'Sign in to Datalayer' })).toBeNull();
  });

  it('always says where values can be seen', async () => {
    await openPanel(server);
    expect(text()).toContain('Values are never shown in JupyterLab.');
  });
});

describe('the list', () => {
  it('shows the secrets by type, which vault on which machine, and no value', async () => {
    some();
    await openPanel(server);
    expect(rowNames()).toEqual(['Passwords', 'DB_PASSWORD', 'Keys', 'AWS_KEY', 'OPENAI_API_KEY']);
    expect(screen.getByRole('heading', { name: 'Local vault' })).toBeDefined();
    expect(text()).toContain('on ada-laptop');
    expect(row(/^OPENAI_API_KEY, Key/).textContent).toContain('for the demo');
  });

  it('of several vaults says which is which, and why one has no rows', async () => {
    some();
    jupyter.signedIn = true;
    server.answer = (path) =>
      path.startsWith('/vaults/datalayer') ? Response.json({ code: 'forbidden' }, { status: 403 }) : undefined;
    await openPanel(server);
    expect(rowNames()[0]).toBe('Local vault');
    expect(row(/^Datalayer, @ada/).getAttribute('aria-expanded')).toBe('true');
    expect(rowNames().at(-1)).toContain('This is not allowed here.');
  });

  it('stays when it cannot be loaded again, with its age and a way on', async () => {
    some();
    const { secrets, ran } = await openPanel(server);
    server.answer = (path) =>
      path.includes('/iam/') ? Response.json({ code: 'audit_unavailable' }, { status: 503 }) : undefined;
    await act(() => secrets.model.refresh());
    expect(rowNames()).toContain('DB_PASSWORD');
    expect(text()).toContain('The list of “Local vault” was loaded just now.');
    press('Try Again');
    expect(ran).toEqual([[COMMANDS.refresh, {}]]);
  });

  it('shows what is being created and deleted as such', async () => {
    some();
    const { secrets } = await openPanel(server);
    const [first] =
      secrets.model.state.vaults[0]?.list.kind === 'ready' ? secrets.model.state.vaults[0].list.secrets : [];
    if (!first) throw new Error('Nothing listed.');
    jupyter.hold(/^POST .*secrets$/);
    jupyter.hold(/^DELETE /);
    const value = new SecretValue('canary');
    act(() => {
      secrets.model.create('local', { name: 'NEW', description: '', type: 'token', value }).catch(() => undefined);
      secrets.model.delete('local', first).catch(() => undefined);
    });
    await settle();
    expect(row('NEW, being created').getAttribute('aria-busy')).toBe('true');
    expect(row('AWS_KEY, being deleted').textContent).toContain('being deleted…');
    expect(text()).not.toContain('canary');
  });

  it('closes and opens a type', async () => {
    some();
    await openPanel(server);
    fireEvent.click(row(/^Keys/));
    expect(rowNames()).toEqual(['Passwords', 'DB_PASSWORD', 'Keys']);
    fireEvent.click(row(/^Keys/));
    expect(rowNames()).toContain('AWS_KEY');
  });

  it('is what a plain reader of the page finds: nothing for axe', async () => {
    some();
    jupyter.signedIn = true;
    await openPanel(server);
    focus(/^AWS_KEY/);
    const { violations } = await axe.run(document.body, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  });
});

describe('on a row', () => {
  const AWS = { vault: 'local', uid: 'uid-3' };

  it('actions appear with the pointer or the focus, and know the secret', async () => {
    some();
    const { ran } = await openPanel(server);
    expect(within(row(/^AWS_KEY/)).queryAllByRole('button')).toEqual([]);
    fireEvent.mouseOver(row(/^AWS_KEY/));
    for (const one of within(row(/^AWS_KEY/)).getAllByRole('button')) fireEvent.click(one);
    expect(ran).toEqual([
      [COMMANDS.insert, AWS],
      [COMMANDS.copy, AWS],
      [COMMANDS.replace, AWS],
      [COMMANDS.delete, AWS],
    ]);
    focus(/^DB_PASSWORD/);
    expect(within(row(/^DB_PASSWORD/)).getAllByRole('button')[3]?.ariaLabel).toBe('Delete DB_PASSWORD');
  });

  it.each([
    ['Enter', {}, COMMANDS.insert],
    ['Delete', {}, COMMANDS.delete],
    ['F2', {}, COMMANDS.edit],
    ['c', { ctrlKey: true }, COMMANDS.copy],
    ['c', { metaKey: true }, COMMANDS.copy],
  ])('%s %o runs %s', async (name, modifiers, command) => {
    some();
    const { ran } = await openPanel(server);
    focus(/^AWS_KEY/);
    key(name, modifiers);
    expect(ran).toEqual([[command, AWS]]);
  });

  it('a double click inserts, a single one only selects', async () => {
    some();
    const { ran, desk } = await openPanel(server);
    focus(/^AWS_KEY/);
    fireEvent.click(row(/^AWS_KEY/));
    expect(ran).toEqual([]);
    expect(desk.selected).toEqual(AWS);
    fireEvent.doubleClick(row(/^AWS_KEY/));
    expect(ran).toEqual([[COMMANDS.insert, AWS]]);
  });

  it('the menu of the page finds the secret selected', async () => {
    some();
    const { desk } = await openPanel(server);
    fireEvent.contextMenu(row(/^DB_PASSWORD/));
    expect(desk.selected).toEqual({ vault: 'local', uid: 'uid-2' });
  });

  it('whoever drags it finds the secret in its attributes', async () => {
    some();
    await openPanel(server);
    const { vault, uid } = row(/^AWS_KEY/).dataset;
    expect({ vault, uid }).toEqual(AWS);
    expect(row(/^AWS_KEY/).draggable).toBe(true);
  });
});

describe('the keyboard', () => {
  const focused = (): string => document.activeElement?.querySelector('.dls-Row-name')?.textContent ?? '';

  it('moves through the list, of which one row at a time can be tabbed to', async () => {
    some();
    await openPanel(server);
    focus(/^Passwords/);
    key('ArrowDown');
    expect(focused()).toBe('DB_PASSWORD');
    key('End');
    expect(focused()).toBe('OPENAI_API_KEY');
    key('ArrowLeft');
    expect(focused()).toBe('Keys');
    key('ArrowLeft');
    expect(rowNames()).toEqual(['Passwords', 'DB_PASSWORD', 'Keys']);
    key('Home');
    expect(focused()).toBe('Passwords');
    expect(screen.getAllByRole('treeitem').filter((one) => one.tabIndex === 0)).toHaveLength(1);
  });

  it('goes to the search box with “/”, and back with Escape, which first clears it', async () => {
    some();
    await openPanel(server);
    focus(/^Passwords/);
    key('/');
    expect(document.activeElement).toBe(searchBox());
    search('aws');
    key('Escape');
    expect(searchBox()).toHaveProperty('value', '');
    key('Escape');
    expect(focused()).toBe('Passwords');
  });

  it('ends a search from the list with Escape', async () => {
    some();
    await openPanel(server);
    search('key');
    focus(/^AWS_KEY/);
    key('Escape');
    expect(rowNames()).toContain('DB_PASSWORD');
  });

  it('stays in the list when the row that has the focus is deleted elsewhere', async () => {
    some();
    const { secrets } = await openPanel(server);
    focus(/^AWS_KEY/);
    jupyter.secrets.local.pop();
    await act(() => secrets.model.refresh());
    expect(focused()).toBe('OPENAI_API_KEY');
  });
});

describe('searching', () => {
  it('shows the best first, marks what was found, and says how many', async () => {
    some();
    await openPanel(server);
    search('key');
    expect(rowNames()).toEqual(['AWS_KEY', 'OPENAI_API_KEY']);
    expect(row(/^AWS_KEY/).querySelector('mark')?.textContent).toBe('KEY');
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain('2 results');
  });

  it('inserts the first with Enter', async () => {
    some();
    const { ran } = await openPanel(server);
    act(() => searchBox().focus());
    search('openai');
    key('Enter');
    expect(ran).toEqual([[COMMANDS.insert, { vault: 'local', uid: 'uid-1' }]]);
  });

  it('that finds nothing offers to create it', async () => {
    some();
    const { ran } = await openPanel(server);
    search('STRIPE_KEY');
    expect(text()).toContain('No secret matches “STRIPE_KEY”.');
    press('Create STRIPE_KEY');
    expect(ran).toEqual([[COMMANDS.create, { name: 'STRIPE_KEY' }]]);
    search('no name');
    expect(screen.queryByRole('button', { name: /^Create no/ })).toBeNull();
  });

  it('and types go together; counts say how many there are of each', async () => {
    some();
    const { secrets } = await openPanel(server);
    expect(buttons()).toEqual(expect.arrayContaining(['All 3', 'Passwords 1', 'Keys 2']));
    press('Passwords 1');
    expect(rowNames()).toEqual(['Passwords', 'DB_PASSWORD']);
    search('key');
    expect(text()).toContain('No secret of the type Passwords matches “key”.');
    press('Show All Types');
    expect(rowNames()).toEqual(['AWS_KEY', 'OPENAI_API_KEY']);
    expect(secrets.model.state.typeFilter).toBeNull();
  });
});

describe('a form', () => {
  it('takes the place of the list; what was typed into it is not thrown away for another one', async () => {
    some();
    const { desk } = await openPanel(server);
    const first = opened(desk, { kind: 'create' });
    expect(screen.queryByRole('tree')).toBeNull();
    expect(screen.getByRole('form')).toBeDefined();
    desk.dirty = true;
    expect(await desk.open({ kind: 'passphrase' })).toBe(false);
    expect(desk.sheet?.sheet.kind).toBe('create');
    act(() => desk.close(desk.sheet?.id ?? 0, true));
    expect(await first).toBe(true);
    expect(rowNames()).toContain('AWS_KEY');
  });

  it('that nothing was typed into makes room for another one', async () => {
    const { desk } = await openPanel(server);
    const first = opened(desk, { kind: 'create' });
    void opened(desk, { kind: 'passphrase' });
    expect(await first).toBe(false);
    expect(desk.sheet?.sheet.kind).toBe('passphrase');
  });
});

describe('names and descriptions from elsewhere', () => {
  it('are text, whatever they hold', async () => {
    const hostile = ['<img src=x onerror=alert(1)>', '${{7*7}} %1 {name}', '](command:x)', '&lt;b&gt;'];
    for (const name of hostile) jupyter.add(name, { description: '<script>alert(2)</script>', variant: '<b>type</b>' });
    await openPanel(server);
    for (const name of hostile) expect(rowNames()).toContain(name);
    expect(document.querySelector('img, script, b')).toBeNull();
    expect(text()).toContain('<script>alert(2)</script>');
    search('<img');
    expect(rowNames()).toEqual(['<img src=x onerror=alert(1)>']);
  });

  it('cannot turn the direction of what is beside them', async () => {
    jupyter.add('A\u202eYEK', { description: 'line\nbreak \u2067here', variant: 'key' });
    await openPanel(server);
    expect(rowNames()).toContain('A YEK');
    expect(text()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(row(/^A YEK/).querySelector('bdi.dls-Row-name')).not.toBeNull();
  });

  it('may be very long', async () => {
    jupyter.add('N'.repeat(255), { description: 'D'.repeat(4096), variant: 'key' });
    await openPanel(server);
    expect(rowNames()).toContain('N'.repeat(255));
  });
});

describe('10,000 secrets', () => {
  beforeEach(() => {
    for (let index = 0; index < 10_000; index += 1)
      jupyter.add(`SECRET_${String(index).padStart(5, '0')}`, { variant: 'key' });
  });

  it('are drawn only where they are in sight', async () => {
    await openPanel(server);
    expect(row(/^Keys/).textContent).toContain('10,000');
    const drawn = screen.getAllByRole('treeitem');
    expect(drawn.length).toBeGreaterThan(10);
    expect(drawn.length).toBeLessThan(40);
    expect(drawn[1]?.getAttribute('aria-setsize')).toBe('10000');
  });

  it('can be gone through to the last, which has the focus wherever the list is scrolled', async () => {
    await openPanel(server);
    focus(/^Keys/);
    key('End');
    expect(document.activeElement?.textContent).toContain('SECRET_09999');
    const list = document.querySelector('.dls-List');
    act(() => void list?.dispatchEvent(new Event('scroll')));
    expect(document.activeElement?.textContent).toContain('SECRET_09999');
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(40);
  });

  it('are found while typing', async () => {
    await openPanel(server);
    search('9999');
    expect(rowNames()).toEqual(['SECRET_09999']);
  });
});
