// @vitest-environment jsdom
import '../setup.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Jupyter } from '../forms/jupyter.ts';
import { kernelsOf, OpenNotebook } from './notebooks.ts';

let jupyter: Jupyter;
let page: ReturnType<typeof kernelsOf>;
let notebook: OpenNotebook;
let bodies: readonly string[];

beforeEach(() => {
  jupyter = new Jupyter();
  bodies = jupyter.record();
  page = kernelsOf(jupyter);
  notebook = new OpenNotebook('work/a.ipynb');
});

const asked = (): unknown[] => bodies.map((body) => JSON.parse(body) as unknown);
const settled = (): Promise<void> => vi.waitFor(() => expect(page.kernels.state.kind).not.toBe('unknown'));
/** Somebody looks at a notebook, and what was asked for that is forgotten. */
async function looking(): Promise<void> {
  page.notebooks.show(notebook);
  page.kernels.attend();
  await settled();
  bodies = jupyter.record();
}
const secret = (state: string, more = {}) => ({
  vault: 'local',
  name: 'KEY',
  granted: true,
  state,
  reason: null,
  ...more,
});

describe('the state of the active notebook', () => {
  it('is asked for only while somebody looks', async () => {
    page.notebooks.show(notebook);
    notebook.changeKernel('k-2');
    await Promise.resolve();
    expect([asked(), page.kernels.state.kind]).toEqual([[], 'unknown']);
    const stop = page.kernels.attend();
    await settled();
    expect(asked()).toEqual([{ path: 'work/a.ipynb', kernel: 'k-2' }]);
    stop();
    notebook.rename('b.ipynb');
    page.tell({ kind: 'state', notebook: 'id of b.ipynb' });
    await Promise.resolve();
    expect(asked()).toHaveLength(1);
  });

  it('or by a command, once', async () => {
    page.notebooks.show(notebook);
    expect(await page.kernels.refresh()).toMatchObject({ kind: 'known', notebook: { path: 'work/a.ipynb' } });
    expect(asked()).toHaveLength(1);
  });

  it('is none where no notebook is in sight, and that of one beside something else', async () => {
    await looking();
    page.notebooks.leave(true);
    expect(page.kernels.state.kind).toBe('known');
    page.notebooks.leave(false);
    expect([page.kernels.state.kind, page.kernels.panel]).toEqual(['none', null]);
    page.notebooks.show(notebook);
    notebook.close();
    expect(page.kernels.state.kind).toBe('none');
  });

  it.each([
    [
      'another notebook',
      () => page.notebooks.show(new OpenNotebook('b.ipynb', null)),
      { path: 'b.ipynb', kernel: null },
    ],
    ['another path', () => notebook.rename('c.ipynb'), { path: 'c.ipynb', kernel: 'k-1' }],
    ['another kernel', () => notebook.changeKernel('k-2'), { path: 'work/a.ipynb', kernel: 'k-2' }],
    ['a restart', () => notebook.changeKernel('k-1'), { path: 'work/a.ipynb', kernel: 'k-1' }],
    ['a kernel that started', () => notebook.becomes('starting', 'idle'), { path: 'work/a.ipynb', kernel: 'k-1' }],
    [
      'an event',
      () => page.tell({ kind: 'state', notebook: 'id of work/a.ipynb' }),
      { path: 'work/a.ipynb', kernel: 'k-1' },
    ],
    [
      'events that were missed',
      () => [...page.gaps].forEach((missed) => missed()),
      { path: 'work/a.ipynb', kernel: 'k-1' },
    ],
  ])('is asked for anew after %s', async (_, happens, question) => {
    await looking();
    happens();
    await vi.waitFor(() => expect(asked()).toEqual([question]));
  });

  it('is not asked for because of another notebook, or of code that changes nothing', async () => {
    await looking();
    page.tell({ kind: 'state', notebook: 'id of b.ipynb' });
    page.tell({ kind: 'state', notebook: 'id of work/a.ipynb' }, 'https://events.jupyter.org/other/v1');
    notebook.becomes('busy', 'idle');
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked()).toEqual([]);
  });

  it('is asked for after each cell while the kernel has yet to take something', async () => {
    jupyter.notebook = { ...jupyter.notebook, secrets: [secret('next_cell')] };
    await looking();
    jupyter.notebook = { ...jupyter.notebook, secrets: [secret('in_kernel')] };
    notebook.becomes('busy', 'idle');
    await vi.waitFor(() =>
      expect(page.kernels.state).toMatchObject({ notebook: { secrets: [{ state: 'in_kernel' }] } }),
    );
    notebook.becomes('busy', 'idle');
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked()).toHaveLength(1);
  });

  it('is asked for once, however much happens while an answer is awaited', async () => {
    await looking();
    const go = jupyter.delay(/state$/);
    for (let times = 0; times < 5; times += 1) page.tell({ kind: 'state', notebook: 'id of work/a.ipynb' });
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    for (let times = 0; times < 5; times += 1) page.tell({ kind: 'state', notebook: 'id of work/a.ipynb' });
    go();
    await page.kernels.refresh();
    expect(asked()).toHaveLength(2);
  });

  it('is not what a late answer says of another one', async () => {
    await looking();
    const go = jupyter.delay(/state$/);
    notebook.changeKernel('k-2');
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    page.notebooks.show(new OpenNotebook('b.ipynb'));
    const seen: unknown[] = [];
    page.kernels.changed.connect(({ state }) => seen.push('notebook' in state ? state.notebook.path : state.kind));
    go();
    await settled();
    expect(seen).toEqual(['b.ipynb']);
  });

  it('is told when it is another, and only then', async () => {
    await looking();
    const changed = vi.fn();
    page.kernels.changed.connect(changed);
    await page.kernels.refresh();
    expect(changed).not.toHaveBeenCalled();
    jupyter.notebook = { ...jupyter.notebook, redaction: false };
    await page.kernels.refresh();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('says where the server is older, and asks again', async () => {
    jupyter.refuse(/state$/, 404, 'no_service', { reason: 'extension' });
    page.notebooks.show(notebook);
    page.kernels.attend();
    await settled();
    expect(page.kernels.state).toMatchObject({
      kind: 'failed',
      error: { kind: 'no_service', details: { reason: 'extension' } },
    });
    expect((await page.kernels.refresh()).kind).toBe('known');
  });

  it('is not believed where it makes no sense', async () => {
    jupyter.notebook = { ...jupyter.notebook, kernel: 'on fire' };
    page.notebooks.show(notebook);
    expect(await page.kernels.refresh()).toMatchObject({ kind: 'failed', error: { kind: 'protocol' } });
  });

  it('is that of a file of the server, whatever drive shows it; of no other drive', async () => {
    page.notebooks.show(new OpenNotebook('RTC:work/a.ipynb'));
    expect(await page.kernels.refresh()).toMatchObject({ kind: 'known', notebook: { path: 'work/a.ipynb' } });
    page.notebooks.show(new OpenNotebook('github:work/a.ipynb'));
    expect(await page.kernels.refresh()).toMatchObject({ kind: 'elsewhere', place: { onServer: false } });
    expect(asked()).toHaveLength(1);
  });
});

describe('what notebooks may use', () => {
  it('is allowed and revoked by vault and name', async () => {
    expect(await page.kernels.allow('a.ipynb', { vault: 'local', name: 'KEY' })).toEqual({
      notebook: 'id of a.ipynb',
      already: false,
      replaced: null,
    });
    expect(await page.kernels.grants()).toEqual([
      { notebook: 'id of a.ipynb', path: 'a.ipynb', exists: true, vault: 'local', name: 'KEY' },
    ]);
    await page.kernels.revoke('id of a.ipynb', { vault: 'local', name: 'KEY' });
    expect(await page.kernels.grants()).toEqual([]);
  });

  it('shows in the state of the notebook without an event', async () => {
    await looking();
    for (const change of [
      () => page.kernels.allow('work/a.ipynb', { vault: 'local', name: 'KEY' }),
      () => page.kernels.setRedaction('work/a.ipynb', false),
    ]) {
      const before = jupyter.asked.length;
      await change();
      await vi.waitFor(() => expect(jupyter.asked.slice(before + 1)).toEqual(['POST /notebooks/state']));
    }
  });

  it('is told from events, of which those that are not ours are not heard', () => {
    const told = vi.fn();
    page.kernels.told.connect((_, event) => void told(event));
    const grant = { notebook: 'n', path: 'a.ipynb', vault: 'local', name: 'KEY' };
    page.tell({ kind: 'granted', ...grant, replaced: 'datalayer', value: 'dropped' });
    page.tell({ kind: 'revoked', ...grant });
    page.tell({ kind: 'missing', notebook: 'n', path: 'a.ipynb', names: ['KEY'], reason: 'locked' });
    page.tell({ kind: 'state', notebook: 'n' });
    page.tell({ kind: 'granted', notebook: 'n' });
    page.tell({ kind: 'missing', notebook: 'n', path: 'a.ipynb', names: 'KEY', reason: 'locked' });
    page.tell({ kind: 'toString' });
    page.tell({});
    expect(told.mock.calls.flat()).toEqual([
      { kind: 'granted', ...grant, replaced: 'datalayer' },
      { kind: 'revoked', ...grant },
      { kind: 'missing', notebook: 'n', path: 'a.ipynb', names: ['KEY'], reason: 'locked' },
    ]);
  });
});
