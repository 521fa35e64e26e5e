import { describe, expect, it, vi } from 'vitest';
import {
  explain,
  groupByType,
  SecretsError,
  SecretValue,
  viewState,
  type NewSecret,
} from '../../../../shared/src/index.ts';
import { fail, ModelUnderTest, secret, settle, vault } from './double.ts';

const newSecret = (name: string): NewSecret => ({ name, description: '', type: 'key', value: new SecretValue('v') });

async function ready(): Promise<ModelUnderTest> {
  const test = new ModelUnderTest();
  await test.model.refresh();
  expect(test.kind()).toBe('ready');
  test.service.calls = [];
  test.emitted = 0;
  return test;
}

describe('the service as it is seen', () => {
  it('is none until somebody asks, and nothing is asked before', async () => {
    const test = new ModelUnderTest();
    await settle();
    expect(test.model.state).toEqual({ service: { kind: 'none' }, vaults: [], offers: [], typeFilter: null });
    expect([test.connects, test.service.calls]).toEqual([[], []]);
  });

  it('is none where none runs, and is not started unless that was asked for', async () => {
    const test = new ModelUnderTest();
    test.service.running = false;
    await test.model.refresh();
    expect([test.model.state.service.kind, test.connects]).toEqual(['none', [false]]);
    await test.model.refresh({ start: true });
    expect([test.model.state.service.kind, test.connects]).toEqual(['ready', [false, true]]);
  });

  it('is connecting while it is waited for', async () => {
    const test = new ModelUnderTest();
    const letGo = test.service.hold('status');
    const refreshed = test.model.refresh();
    await settle();
    expect(test.model.state.service.kind).toBe('connecting');
    await letGo();
    await refreshed;
    expect(test.model.state.service).toEqual({ kind: 'ready', status: test.service.report });
  });

  it('is failed with the reason where it cannot be reached, and refreshing does not reject', async () => {
    const test = new ModelUnderTest();
    test.connectFailure = fail('elsewhere');
    await test.model.refresh();
    expect(test.model.state.service).toMatchObject({ kind: 'failed', error: { kind: 'elsewhere' } });
    test.connectFailure = null;
    await test.model.refresh();
    expect(test.kind()).toBe('ready');
  });

  it.each([
    [0, 'too_old'],
    [2, 'too_new'],
  ])('of protocol %i is %s: it is asked for no secrets', async (protocol, kind) => {
    const test = new ModelUnderTest();
    test.service.report = { ...test.service.report, protocol };
    await test.model.refresh();
    expect(test.model.state.service).toMatchObject({ kind: 'failed', error: { kind } });
    expect(test.service.calls).toEqual(['status']);
    await expect(test.model.service()).rejects.toMatchObject({ kind });
  });

  it.each(['offline', 'unauthenticated', 'impostor'] as const)(
    'that went (%s) is looked for again in the same call',
    async (kind) => {
      const test = await ready();
      test.service.failures.set('status', fail(kind));
      const connected = test.connects.length;
      const refreshed = test.model.refresh();
      await settle();
      await refreshed;
      expect(test.connects.length).toBe(connected + 1);
      expect(test.model.state.service).toMatchObject({ kind: 'failed', error: { kind } });
      test.service.failures.clear();
      await test.model.refresh();
      expect(test.model.state.service.kind).toBe('ready');
    },
  );

  it('that ended takes its vaults and names along', async () => {
    const test = await ready();
    test.service.failures.set('status', fail('offline'));
    test.service.running = false;
    await test.model.refresh();
    expect(test.model.state).toMatchObject({ service: { kind: 'none' }, vaults: [], offers: [] });
  });

  it('is handed to commands, started where needed', async () => {
    const test = new ModelUnderTest();
    test.service.running = false;
    await expect(test.model.service({ start: false })).rejects.toMatchObject({ kind: 'no_service' });
    expect(await test.model.service()).toBe(test.service);
    expect(test.connects).toEqual([false, true]);
  });

  it('is started for who wants it even when another only asked whether it runs, at the same time', async () => {
    const test = new ModelUnderTest();
    test.service.running = false;
    const [, service] = await Promise.all([test.model.refresh(), test.model.service()]);
    expect(service).toBe(test.service);
    expect(test.connects).toEqual([true]); // the command asked before the survey had begun
  });

  it('tells offers of a sign-in', async () => {
    const test = new ModelUnderTest();
    test.service.offers = [{ origin: 'https://example.com', source: 'datalayer-cli' }];
    await test.model.refresh();
    expect(test.model.state.offers).toEqual(test.service.offers);
  });
});

describe('the list of a vault', () => {
  it.each([
    [vault('local', { state: 'new' }), 'setup-needed'],
    [vault('local', { state: 'locked' }), 'locked'],
    [vault('r-1', { state: 'locked' }), 'locked'],
    [vault('r-1', { state: 'signed-out' }), 'signed-out'],
  ])('is not asked for while the vault is closed: %j is %s', async (info, kind) => {
    const test = new ModelUnderTest();
    test.service.infos = [info];
    await test.model.refresh();
    expect(test.kind(info.id)).toBe(kind);
    expect(test.service.calls).toEqual(['status', 'vaults']);
  });

  it('says why a vault is signed out, where the service knows', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [
      vault('r-1', { state: 'signed-out', failure: 'unauthenticated' }),
      vault('r-2', { state: 'signed-out', failure: 'bogus' }),
    ];
    await test.model.refresh();
    expect(test.list('r-1')).toMatchObject({ error: { kind: 'unauthenticated' } });
    expect(test.list('r-2')).toEqual({ kind: 'signed-out', error: null });
  });

  it('is loading, then ready: ordered by name, with its time', async () => {
    const test = new ModelUnderTest();
    const letGo = test.service.hold('list local');
    const refreshed = test.model.refresh();
    await settle();
    expect(test.kind()).toBe('loading');
    await letGo();
    await refreshed;
    expect(test.list()).toMatchObject({ kind: 'ready', at: test.now });
    expect(test.names()).toEqual(['A', 'B']);
  });

  it('stays while it is asked for again', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    test.service.stored.set('local', [secret('C')]);
    const refreshed = test.model.refresh();
    await settle();
    expect([test.kind(), test.names()]).toEqual(['ready', ['A', 'B']]);
    await letGo();
    await refreshed;
    expect(test.names()).toEqual(['C']);
  });

  it('keeps the objects of what did not change, and the whole array where nothing did', async () => {
    const test = await ready();
    const before = test.list();
    test.service.stored.set('local', [secret('A'), secret('B')]);
    test.now += 5000;
    await test.model.refresh();
    const same = test.list();
    if (before?.kind !== 'ready' || same?.kind !== 'ready') throw new Error('not ready');
    expect(same.secrets).toBe(before.secrets);
    expect(same.at).toBe(test.now);
    test.service.stored.set('local', [secret('A', { description: 'new' }), secret('B')]);
    await test.model.refresh();
    const changed = test.list();
    if (changed?.kind !== 'ready') throw new Error('not ready');
    expect(changed.secrets[0]).not.toBe(before.secrets[0]);
    expect(changed.secrets[1]).toBe(before.secrets[1]);
  });

  it.each(['offline', 'timeout', 'server', 'forbidden', 'protocol'] as const)(
    'failed for %s is failed, or stale with its age where names are known',
    async (kind) => {
      const test = new ModelUnderTest();
      test.service.failures.set('list local', fail(kind));
      await test.model.refresh();
      expect(test.list()).toMatchObject({ kind: 'failed', error: { kind } });
      test.service.failures.clear();
      await test.model.refresh();
      const at = test.now;
      test.now += 60_000;
      test.service.failures.set('list local', fail(kind));
      await test.model.refresh();
      expect(test.list()).toMatchObject({ kind: 'stale', at, error: { kind } });
      expect(test.names()).toEqual(['A', 'B']);
    },
  );

  it.each([
    ['r-1', 'unauthenticated', 'signed-out'],
    ['r-1', 'locked', 'locked'],
    ['local', 'locked', 'locked'],
    ['local', 'setup_needed', 'setup-needed'],
    ['local', 'unauthenticated', 'stale'],
  ] as const)('of %s answered by %s becomes %s', async (id, kind, expected) => {
    const test = new ModelUnderTest();
    test.service.infos = [vault(id)];
    await test.model.refresh();
    test.service.failures.set(`list ${id}`, fail(kind));
    await test.model.refresh();
    expect(test.kind(id)).toBe(expected);
    expect(test.names(id)).toEqual(expected === 'stale' ? ['A', 'B'] : undefined);
  });

  it('is stale when the service itself fails', async () => {
    const test = await ready();
    test.service.failures.set('status', fail('timeout'));
    await test.model.refresh();
    expect(test.model.state.service).toMatchObject({ kind: 'failed', error: { kind: 'timeout' } });
    expect(test.list()).toMatchObject({ kind: 'stale', error: { kind: 'timeout' } });
  });

  it('of a failed vault is asked for, because that may mend it', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [vault('r-1', { state: 'failed', failure: 'offline' })];
    test.service.stored.set('r-1', [secret('X')]);
    await test.model.refresh();
    expect(test.names('r-1')).toEqual(['X']);
  });

  it('of one vault does not wait for another', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [vault('local'), vault('r-1')];
    const letGo = test.service.hold('list r-1');
    void test.model.refresh();
    await settle();
    expect([test.kind('local'), test.kind('r-1')]).toEqual(['ready', 'loading']);
    test.service.stored.set('local', [secret('C')]);
    void test.model.refresh();
    await settle();
    expect(test.names('local')).toEqual(['C']);
    expect(test.service.count('list r-1')).toBe(1);
    await letGo();
    await letGo();
    expect(test.kind('r-1')).toBe('ready');
    expect(test.service.count('list r-1')).toBe(2);
  });
});

describe('a local vault that no key opens', () => {
  const incomplete = new SecretsError('vault_incomplete', 'It is gone.', { name: 'vault.json', path: '/home/ada' });

  it('is failed with cause and advice instead of locked, and holds no name of before', async () => {
    const test = await ready();
    test.service.infos = [vault('local', { state: 'failed', failure: 'vault_incomplete', revision: 2 })];
    test.service.failures.set('list local', incomplete);
    const letGo = test.service.hold('list local');
    const refreshed = test.model.refresh();
    await settle();
    expect(test.list()).toEqual({ kind: 'loading' });
    await letGo();
    await refreshed;
    expect(test.list()).toEqual({ kind: 'failed', error: incomplete });
    const shown = viewState(test.model.state, 'used');
    expect(shown).toEqual({ kind: 'failed', error: incomplete });
    expect(explain(incomplete).what).toContain('vault.json');
    expect(explain(incomplete).advice).toContain('backup');
  });

  it('is locked again once its files are back', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [vault('local', { state: 'failed', failure: 'integrity' })];
    test.service.failures.set('list local', fail('integrity'));
    await test.model.refresh();
    expect(test.kind()).toBe('failed');
    test.service.infos = [vault('local', { state: 'locked' })];
    await test.model.refresh();
    expect(test.kind()).toBe('locked');
  });
});

describe('refreshing', () => {
  it.each(['status', 'vaults'])('asked for often during a run (%s) leads to exactly one more', async (route) => {
    const test = await ready();
    const letGo = test.service.hold(route);
    const first = test.model.refresh();
    await settle();
    const others = [test.model.refresh(), test.model.refresh(), test.model.refresh()];
    await settle();
    expect(test.service.count(route)).toBe(1);
    await letGo();
    await letGo();
    await Promise.all([first, ...others]);
    expect([test.service.count('status'), test.service.count('vaults')]).toEqual([2, 2]);
  });

  it('asked for often while a list is loading leads to exactly one more list', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    const first = test.model.refresh();
    await settle();
    const others = [test.model.refresh(), test.model.refresh(), test.model.refresh()];
    await settle();
    expect(test.service.count('list local')).toBe(1);
    await letGo();
    await letGo();
    await Promise.all([first, ...others]);
    expect(test.service.count('list local')).toBe(2);
  });

  it('is done only when the answer is of after the call', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    void test.model.refresh();
    await settle();
    test.service.stored.set('local', [secret('C')]);
    let done = false;
    const second = test.model.refresh().then(() => (done = true));
    await letGo();
    expect([done, test.names()]).toEqual([false, ['A', 'B']]);
    await letGo();
    await second;
    expect(test.names()).toEqual(['C']);
  });
});

describe('late answers', () => {
  it('do not bring names back after the vault was locked', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    const loading = test.model.refresh();
    await settle();
    test.service.infos = [vault('local', { state: 'locked' })];
    await test.model.refresh();
    expect(test.kind()).toBe('locked');
    expect(test.service.signals.get('list local')?.aborted).toBe(true);
    await letGo();
    await loading;
    expect(test.list()).toEqual({ kind: 'locked' });
    expect(JSON.stringify(test.model.state)).not.toContain('uid-');
  });

  it('do not bring a vault back that is gone', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [vault('local'), vault('r-1')];
    await test.model.refresh();
    const letGo = test.service.hold('list r-1');
    void test.model.refresh();
    await settle();
    test.service.infos = [vault('local')];
    await test.model.refresh();
    await letGo();
    expect(test.model.state.vaults.map(({ info }) => info.id)).toEqual(['local']);
  });

  it('are not taken for those of the vault that was opened again', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    void test.model.refresh();
    await settle();
    test.service.infos = [vault('local', { state: 'locked' })];
    await test.model.refresh();
    test.service.infos = [vault('local')];
    test.service.stored.set('local', [secret('C')]);
    const opened = test.model.refresh();
    await settle();
    await letGo(); // the answer of before
    expect(test.kind()).toBe('loading');
    await letGo();
    await opened;
    expect(test.names()).toEqual(['C']);
  });

  it.each(['status', 'vaults', 'list local'])('after dispose change nothing (%s)', async (route) => {
    const test = await ready();
    const letGo = test.service.hold(route);
    const refreshed = test.model.refresh();
    await settle();
    test.model.dispose();
    await letGo();
    await refreshed;
    expect(test.emitted).toBe(0);
    expect(test.model.state.vaults).toEqual([]);
    await test.model.refresh();
    expect(test.service.count('status')).toBe(1);
  });
});

describe('commands', () => {
  it('show a create as pending and list it once it is stored', async () => {
    const test = await ready();
    const letGo = test.service.hold('create local');
    const created = test.model.create('local', newSecret('AB'));
    await settle();
    expect(test.model.state.vaults[0]?.creating).toEqual([{ name: 'AB', type: 'key' }]);
    expect(test.names()).toEqual(['A', 'B']);
    await letGo();
    expect(await created).toMatchObject({ name: 'AB' });
    expect(test.model.state.vaults[0]?.creating).toEqual([]);
    expect(test.names()).toEqual(['A', 'AB', 'B']);
    expect(test.service.count('list local')).toBe(0);
  });

  it.each(['conflict', 'invalid', 'timeout'] as const)(
    'that fail (%s) list nothing, and say why to their caller',
    async (kind) => {
      const test = await ready();
      test.service.failures.set('create local', fail(kind));
      await expect(test.model.create('local', newSecret('C'))).rejects.toMatchObject({ kind });
      await settle();
      expect(test.model.state.vaults[0]?.creating).toEqual([]);
      expect(test.names()).toEqual(['A', 'B']);
      // What is refused for its content tells nothing new about the list.
      expect(test.service.count('list local')).toBe(kind === 'invalid' ? 0 : 1);
    },
  );

  it('learn what became of a create whose answer was lost', async () => {
    const test = await ready();
    test.service.failures.set('create local', fail('timeout'));
    test.service.stored.set('local', [secret('C')]); // it was stored all the same
    await expect(test.model.create('local', newSecret('C'))).rejects.toMatchObject({ kind: 'timeout' });
    await settle();
    expect(test.names()).toEqual(['C']);
  });

  it('show a delete as pending; it stays listed until it is gone', async () => {
    const test = await ready();
    const letGo = test.service.hold('delete local');
    const deleted = test.model.delete('local', secret('A'));
    await settle();
    expect([...(test.model.state.vaults[0]?.deleting ?? [])]).toEqual(['uid-A']);
    expect(test.names()).toEqual(['A', 'B']);
    await letGo();
    await deleted;
    expect(test.model.state.vaults[0]?.deleting.size).toBe(0);
    expect(test.names()).toEqual(['B']);
  });

  it('that delete what is gone already say so, and the list learns it', async () => {
    const test = await ready();
    test.service.stored.set('local', [secret('B')]);
    await expect(test.model.delete('local', secret('A'))).rejects.toMatchObject({ kind: 'not_found' });
    await settle();
    expect(test.names()).toEqual(['B']);
  });

  it('update and replace show what the vault answered, not what was sent', async () => {
    const test = await ready();
    await test.model.update('local', secret('A'), { name: 'Z' });
    expect(test.names()).toEqual(['B', 'Z']);
    const replaced = await test.model.replaceValue('local', secret('B'), new SecretValue('v'));
    expect(replaced.uid).toBe('uid-B-new');
    expect(test.list()).toMatchObject({ secrets: [{ uid: 'uid-B-new' }, { uid: 'uid-A' }] });
  });

  it('are not undone by a list that was asked for before', async () => {
    const test = await ready();
    const letGo = test.service.hold('list local');
    void test.model.refresh();
    await settle();
    await test.model.create('local', newSecret('C'));
    await letGo(); // knows nothing of C
    expect(test.names()).toEqual(['A', 'B', 'C']);
    await letGo();
    expect([test.names(), test.service.count('list local')]).toEqual([['A', 'B', 'C'], 2]);
  });

  it('that find the vault locked take its names away', async () => {
    const test = await ready();
    test.service.failures.set('create local', fail('locked'));
    test.service.infos = [vault('local', { state: 'locked' })];
    await expect(test.model.create('local', newSecret('C'))).rejects.toMatchObject({ kind: 'locked' });
    expect(test.kind()).toBe('locked');
  });

  it('reach a service that was started anew', async () => {
    const test = await ready();
    test.service.failures.set('status', fail('offline'));
    const create = test.model.create('local', newSecret('C'));
    await Promise.resolve();
    test.service.failures.clear();
    expect(await create).toMatchObject({ name: 'C' });
    expect(test.connects.at(-1)).toBe(true);
  });

  it('end well although the model was disposed or the vault went meanwhile', async () => {
    const test = await ready();
    const letGo = test.service.hold('create local');
    const created = test.model.create('local', newSecret('C'));
    await settle();
    test.service.infos = [];
    await test.model.refresh();
    test.model.dispose();
    expect(test.service.signals.get('create local')).toBeUndefined();
    await letGo();
    expect(await created).toMatchObject({ name: 'C' });
    expect(test.model.state.vaults).toEqual([]);
  });

  it('two at once with the same name are two', async () => {
    const test = await ready();
    test.service.hold('create local');
    void test.model.create('local', newSecret('C'));
    void test.model.create('local', newSecret('C'));
    await settle();
    expect(test.model.state.vaults[0]?.creating).toHaveLength(2);
  });

  it('never put a value into the state', async () => {
    const test = await ready();
    test.service.hold('create local');
    void test.model.create('local', { ...newSecret('C'), value: new SecretValue('canary-value') });
    await settle();
    expect(Object.keys(test.model.state.vaults[0]?.creating[0] ?? {})).toEqual(['name', 'type']);
  });
});

describe('the state', () => {
  it('is a new frozen object on each change, and the same without one', async () => {
    const test = await ready();
    const before = test.model.state;
    expect(Object.isFrozen(before) && Object.isFrozen(before.vaults) && Object.isFrozen(before.vaults[0])).toBe(true);
    await test.model.refresh();
    expect(test.model.state).toBe(before);
    expect(test.emitted).toBe(0);
    test.now += 1;
    await test.model.refresh();
    expect(test.model.state).not.toBe(before);
    expect(test.model.state.service).toBe(before.service);
    expect(test.emitted).toBe(1);
  });

  it('keeps the type filter, and says so only when it changes', () => {
    const test = new ModelUnderTest();
    test.model.setTypeFilter('key');
    test.model.setTypeFilter('key');
    expect([test.model.state.typeFilter, test.emitted]).toEqual(['key', 1]);
  });

  it('is told to nobody who stopped listening', async () => {
    const test = new ModelUnderTest();
    let heard = 0;
    const stop = test.model.onChange(() => heard++);
    stop();
    await test.model.refresh();
    expect(heard).toBe(0);
  });

  it('goes on where a listener fails, and its error surfaces', async () => {
    const test = await ready();
    const surfaced: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (task: () => void) => surfaced.push(task));
    test.model.onChange(() => {
      throw new Error('a mistake in a view');
    });
    let heard = 0;
    test.model.onChange(() => heard++);
    test.now += 1;
    await test.model.refresh();
    vi.unstubAllGlobals();
    expect([test.kind(), heard, surfaced.length]).toEqual(['ready', 1, 1]);
    expect(surfaced[0]).toThrow('a mistake in a view');
  });

  it('repeats the same failure to nobody', async () => {
    const test = new ModelUnderTest();
    test.service.infos = [vault('r-1', { state: 'signed-out', failure: 'unauthenticated' })];
    await test.model.refresh();
    test.emitted = 0;
    await test.model.refresh();
    expect(test.emitted).toBe(0);
  });
});

it('groups are in the fixed order of the known types, then others by name', () => {
  const list = ['token', 'zeta', 'key', 'generic', 'alpha', 'key'].map((type, index) => secret(`S${index}`, { type }));
  expect(groupByType(list).map(({ type, secrets }) => [type, secrets.length])).toEqual([
    ['generic', 1],
    ['key', 2],
    ['token', 1],
    ['alpha', 1],
    ['zeta', 1],
  ]);
  expect(groupByType([])).toEqual([]);
});
