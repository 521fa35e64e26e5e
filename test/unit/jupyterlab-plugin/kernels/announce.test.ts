// @vitest-environment jsdom
import '../setup.ts';
import { Notification } from '@jupyterlab/apputils';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Announcements } from '../../../../jupyterlab-plugin/src/kernels/announce.ts';
import { action, messages, page } from '../commands/page.ts';

beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));
afterEach(() => Notification.manager.dismiss());

/** A page that announces, and has the list of its vaults. */
async function announcing({ signedIn = false } = {}) {
  const shown = page();
  shown.jupyter.signedIn = signedIn;
  await shown.secrets.model.refresh({ start: true });
  new Announcements(shown.deps);
  const granted = (name: string, more: { path?: string; vault?: string; replaced?: string } = {}): void => {
    const { path = 'work/a.ipynb', vault = 'local' } = more;
    shown.jupyter.allow(path, vault, name);
    shown.tell({ kind: 'granted', notebook: `id of ${path}`, ...more, path, vault, name });
  };
  return { ...shown, granted };
}

const click = (label: string) => action(label)?.callback(new MouseEvent('click'));

describe('what a notebook may use from now on', () => {
  it('is announced by the names of secret and notebook, and can be undone', async () => {
    const { jupyter, granted } = await announcing();
    granted('KEY');
    await vi.waitFor(() => expect(messages()).toEqual(['a.ipynb may use KEY from now on.']));
    click('Undo');
    await vi.waitFor(() => expect(messages()).toContain('Undone.'));
    expect(jupyter.grants).toEqual([]);
  });

  it('is announced with its vault, where that is not the only one', async () => {
    const { granted } = await announcing({ signedIn: true });
    granted('KEY', { vault: 'datalayer' });
    await vi.waitFor(() => expect(messages()).toEqual(['a.ipynb may use KEY of “Datalayer” from now on.']));
  });

  it('is announced with what it replaced, which undoing brings back', async () => {
    const { jupyter, granted } = await announcing({ signedIn: true });
    granted('KEY', { vault: 'datalayer', replaced: 'local' });
    await vi.waitFor(() =>
      expect(messages()).toEqual(['a.ipynb uses KEY of “Datalayer” now, no longer that of “Local vault”.']),
    );
    click('Undo');
    await vi.waitFor(() => expect(messages()).toContain('Undone.'));
    expect(jupyter.grants).toMatchObject([{ vault: 'local', name: 'KEY' }]);
  });

  it('is announced in one message where it is several secrets, which are undone together', async () => {
    const { jupyter, granted } = await announcing();
    granted('A');
    granted('B', { path: 'b.ipynb' });
    await vi.waitFor(() => expect(messages()).toEqual(['Now usable: A in a.ipynb, B in b.ipynb.']));
    click('Undo');
    await vi.waitFor(() => expect(messages()).toContain('Undone.'));
    expect(jupyter.grants).toEqual([]);
  });

  it('is no longer said once it is not so any more', async () => {
    const { granted, tell } = await announcing();
    granted('KEY');
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    tell({ kind: 'revoked', notebook: 'id of work/a.ipynb', path: 'work/a.ipynb', vault: 'local', name: 'KEY' });
    expect(messages()).toEqual([]);
  });

  it('is not said where it was taken back at once', async () => {
    const { granted, tell } = await announcing();
    granted('KEY');
    tell({ kind: 'revoked', notebook: 'id of work/a.ipynb', path: 'work/a.ipynb', vault: 'local', name: 'KEY' });
    granted('OTHER');
    await vi.waitFor(() => expect(messages()).toEqual(['a.ipynb may use OTHER from now on.']));
  });

  it('can be undone again where the server refused', async () => {
    const { jupyter, granted } = await announcing();
    granted('KEY');
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    jupyter.refuse(/revoke$/, 503, 'busy');
    click('Undo');
    await vi.waitFor(() => expect(action('Try Again')).toBeDefined());
    click('Try Again');
    await vi.waitFor(() => expect(messages()).toContain('Undone.'));
    expect(jupyter.grants).toEqual([]);
  });

  it('cannot forge the message by a name', async () => {
    const { granted } = await announcing();
    granted('KEY\nis\u202e safe');
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    expect(messages()[0]).not.toMatch(/[\n\u202e]/);
  });
});

describe('what a kernel lacks', () => {
  const missing = (names: string[], reason: string, path = 'a.ipynb') => ({
    kind: 'missing',
    notebook: `id of ${path}`,
    path,
    names,
    reason,
  });

  it.each([
    ['locked', 'Unlock'],
    ['no_service', 'Unlock'],
    ['not_found', 'Create KEY…'],
    ['failed', 'Show Secrets'],
  ])('is told with why and with the way on: %s', async (reason, button) => {
    const { tell } = await announcing();
    tell(missing(['KEY'], reason));
    await vi.waitFor(() =>
      expect(messages()).toEqual([expect.stringMatching(/^Missing in a\.ipynb: KEY\. [A-Z].+\.$/)]),
    );
    expect(action(button)).toBeDefined();
  });

  it('is no longer told once everything is unlocked', async () => {
    const { tell, secrets, jupyter } = await announcing();
    jupyter.state = 'locked';
    await secrets.model.refresh();
    tell(missing(['KEY'], 'locked'));
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    await secrets.model.refresh();
    expect(messages()).toHaveLength(1);
    jupyter.state = 'open';
    await secrets.model.refresh();
    await vi.waitFor(() => expect(messages()).toEqual([]));
  });

  it('leads to the form for a secret of that name', async () => {
    const { tell, opened } = await announcing();
    tell(missing(['KEY'], 'not_found'));
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    click('Create KEY…');
    await vi.waitFor(() => expect(opened).toMatchObject([{ kind: 'create', name: 'KEY' }]));
  });

  it('is told in one message, whatever the number of kernels and reasons', async () => {
    const { tell } = await announcing();
    tell(missing(['A', 'B', 'C'], 'locked'));
    tell(missing(['D'], 'not_found'));
    tell(missing(['A'], 'locked', 'b.ipynb'));
    await vi.waitFor(() => expect(messages()).toEqual(['Missing in a.ipynb, b.ipynb: A, B, C and 1 more.']));
    expect(action('Show Secrets')).toBeDefined();
  });

  it('takes the place of what was told of the same notebook before', async () => {
    const { tell } = await announcing();
    tell(missing(['A'], 'locked'));
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    tell(missing(['B'], 'locked'));
    await vi.waitFor(() => expect(messages()).toEqual([expect.stringContaining(': B.')]));
  });

  it('does not start anything by itself', async () => {
    const { tell, jupyter } = await announcing();
    const asked = jupyter.asked.length;
    tell(missing(['KEY'], 'no_service'));
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    expect(jupyter.asked.slice(asked)).toEqual([]);
  });
});
