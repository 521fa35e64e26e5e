// @vitest-environment jsdom
import '../setup.ts';
import axe from 'axe-core';
import { within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Jupyter } from './jupyter.ts';
import { act, alerts, button, fireEvent, key, openSheet, press, screen, waitFor } from './page.tsx';

let jupyter: Jupyter;
beforeEach(() => {
  jupyter = new Jupyter();
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback));
});

const open = async () => {
  const page = await openSheet(jupyter, { kind: 'grants' });
  await waitFor(() => expect(jupyter.asked).toContain('GET /grants'));
  await act(() => new Promise((resolve) => setTimeout(resolve)));
  return page;
};
const notebooks = (): string[] => screen.queryAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent);
const rows = (): string[] =>
  screen.queryAllByRole('listitem').map((item) => item.querySelector('.dls-Grants-name')?.textContent ?? '');

describe('the list of what notebooks may use', () => {
  it('is by notebook, of which those that are gone are marked', async () => {
    jupyter.allow('work/a.ipynb', 'local', 'KEY');
    jupyter.allow('b.ipynb', 'local', 'KEY');
    jupyter.allow('work/a.ipynb', 'local', 'OTHER');
    jupyter.gone.add('b.ipynb');
    await open();
    expect(notebooks()).toEqual(['work/a.ipynb', 'b.ipynb (not there any more)']);
    expect(within(screen.getByRole('region', { name: 'work/a.ipynb' })).getAllByRole('listitem')).toHaveLength(2);
  });

  it('names the vaults where there are several', async () => {
    jupyter.signedIn = true;
    jupyter.allow('a.ipynb', 'datalayer', 'KEY');
    jupyter.allow('b.ipynb', 'local', 'KEY');
    await open();
    expect(rows()).toEqual(['KEYDatalayer', 'KEYLocal vault']);
  });

  it('takes back one, and goes on to the next', async () => {
    for (const name of ['A', 'B', 'C']) jupyter.allow('a.ipynb', 'local', name);
    await open();
    press('Revoke B from a.ipynb');
    await waitFor(() => expect(rows()).toEqual(['A', 'C']));
    expect(jupyter.grants.map(({ name }) => name)).toEqual(['A', 'C']);
    await waitFor(() => expect(document.activeElement).toBe(button('Revoke C from a.ipynb')));
    expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toContain(
      'a.ipynb may not use B any more.',
    );
  });

  it('keeps what could not be taken back, and says why', async () => {
    jupyter.allow('a.ipynb', 'local', 'KEY');
    await open();
    jupyter.refuse(/revoke$/, 500, 'unexpected');
    press('Revoke KEY from a.ipynb');
    await waitFor(() => expect(alerts()).not.toBe(''));
    expect(rows()).toEqual(['KEY']);
  });

  it('follows what others allow meanwhile', async () => {
    const { tell } = await open();
    expect(screen.getByText('No notebook may use a secret yet.')).toBeDefined();
    jupyter.allow('a.ipynb', 'local', 'KEY');
    act(() => tell({ kind: 'granted', notebook: 'id of a.ipynb', path: 'a.ipynb', vault: 'local', name: 'KEY' }));
    await waitFor(() => expect(rows()).toEqual(['KEY']));
  });

  it('can be asked for again where it did not come', async () => {
    jupyter.allow('a.ipynb', 'local', 'KEY');
    jupyter.refuse(/grants$/, 404, 'no_service', { reason: 'extension' });
    await open();
    expect(alerts()).toContain('lacks the server part');
    press('Try Again');
    await waitFor(() => expect(rows()).toEqual(['KEY']));
  });

  it('is found in by words when it is long, of name, notebook and vault', async () => {
    for (let index = 0; index < 8; index += 1) jupyter.allow(`work/n${index}.ipynb`, 'local', `KEY_${index % 2}`);
    await open();
    const find = (query: string): void => {
      fireEvent.change(screen.getByLabelText('Find'), { target: { value: query } });
    };
    find('key_1 N3');
    expect(notebooks()).toEqual(['work/n3.ipynb']);
    find('nothing');
    expect(screen.getByText('Nothing here is like that.')).toBeDefined();
  });

  it('has no field to find in while it is short', async () => {
    jupyter.allow('a.ipynb', 'local', 'KEY');
    await open();
    expect(screen.queryByLabelText('Find')).toBeNull();
  });

  it('shows as many as anybody reads, and says how many more there are', async () => {
    for (let index = 0; index < 250; index += 1) jupyter.allow(`n${index}.ipynb`, 'local', 'KEY');
    await open();
    expect(rows()).toHaveLength(200);
    expect(screen.getByText('50 more: type to find them.')).toBeDefined();
  });

  it('shows foreign names on one line, in their own direction', async () => {
    jupyter.allow('\u202eb.ipynb', 'local', 'K\nEY');
    await open();
    expect([notebooks(), rows()]).toEqual([['b.ipynb'], ['K EY']]);
  });

  it('is left by Escape', async () => {
    const { done } = await open();
    button('Close').focus();
    key('Escape');
    expect(done).toHaveBeenCalledWith(false);
  });

  it('has nothing that axe finds', async () => {
    for (let index = 0; index < 9; index += 1) jupyter.allow(`n${index % 2}.ipynb`, 'local', `KEY_${index}`);
    await open();
    const { violations } = await axe.run(document.body, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
