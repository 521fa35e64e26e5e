// @vitest-environment jsdom
import '../setup.ts';
import { Notification } from '@jupyterlab/apputils';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { COMMANDS } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { OpenNotebook } from '../kernels/notebooks.ts';
import { action, messages, page } from './page.ts';

beforeAll(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));
afterEach(() => Notification.manager.dismiss());

const inSight = () => new OpenNotebook('work/a.ipynb');

describe('a command on the notebook in sight', () => {
  it('lets it use a secret, without a reference', async () => {
    const { jupyter, notebook, run } = page({ inSight: inSight() });
    expect(await run(COMMANDS.allow, { vault: 'local', uid: jupyter.add('KEY') })).toBe(true);
    expect(jupyter.grants).toMatchObject([{ path: 'work/a.ipynb', vault: 'local', name: 'KEY' }]);
    expect(notebook.sources()).toEqual(['x = ']);
  });

  it('takes it back, and says so', async () => {
    const { jupyter, secrets, run } = page({ inSight: inSight() });
    const uid = jupyter.add('KEY');
    jupyter.allow('work/a.ipynb', 'local', 'KEY');
    jupyter.allow('b.ipynb', 'local', 'KEY');
    await secrets.model.refresh({ start: true });
    expect(await run(COMMANDS.revoke, { vault: 'local', uid })).toBe(true);
    expect(jupyter.grants.map(({ path }) => path)).toEqual(['b.ipynb']);
    expect(messages()).toEqual(['a.ipynb may not use KEY any more.']);
  });

  it('offers to restart a kernel that has it until then', async () => {
    const { jupyter, secrets, run } = page({ inSight: inSight() });
    const uid = jupyter.add('KEY');
    const left = { vault: 'local', name: 'KEY', granted: false, state: 'restart', reason: null };
    jupyter.notebook = { ...jupyter.notebook, kernel: 'start', secrets: [left] };
    await secrets.model.refresh({ start: true });
    await run(COMMANDS.revoke, { vault: 'local', uid });
    expect(messages()).toEqual([expect.stringContaining('its kernel has it until it is restarted')]);
    expect(action('Restart Kernel…')).toBeDefined();
  });

  it('shows all that notebooks may use, where it is called on no secret', async () => {
    const { opened, run } = page({ inSight: inSight() });
    await run(COMMANDS.revoke);
    await run(COMMANDS.grants);
    expect(opened).toEqual([{ kind: 'grants' }, { kind: 'grants' }]);
  });

  it('turns redaction off, with a way back, and on', async () => {
    const { run, deps } = page({ inSight: inSight() });
    expect(await run(COMMANDS.redaction)).toBe(false);
    expect(messages()).toEqual(['Outputs of a.ipynb show values as they are from now on.']);
    action('Redact')?.callback(new MouseEvent('click'));
    await vi.waitFor(async () => expect(await deps.kernels.refresh()).toMatchObject({ notebook: { redaction: true } }));
    expect(await run(COMMANDS.redaction, { on: true })).toBe(true);
  });

  it.each([COMMANDS.allow, COMMANDS.redaction])('says that there is none (%s)', async (id) => {
    const { jupyter, run } = page();
    expect(await run(id)).toBeUndefined();
    expect(messages()).toEqual(['No notebook is in sight. Open one, then try again.']);
    expect(jupyter.asked).toEqual([]);
  });

  it('says why the server does not do it', async () => {
    const { jupyter, run } = page({ inSight: inSight() });
    jupyter.refuse(/state$/, 404, 'no_service', { reason: 'extension' });
    await run(COMMANDS.redaction, { on: false });
    expect(messages()).toEqual([expect.stringContaining('lacks the server part')]);
  });
});
