import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SecretsModel, SecretValue } from '../../../../shared/src/index.ts';
import { fail, ModelUnderTest, secret, ServiceDouble, settle, vault } from './double.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets time pass, for the model's clock too. */
async function pass(test: ModelUnderTest, ms: number): Promise<void> {
  test.now += ms;
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

async function watched(): Promise<{ test: ModelUnderTest; stop: () => void }> {
  const test = new ModelUnderTest();
  const stop = test.model.watch();
  await settle();
  expect([test.kind(), test.streams.length]).toEqual(['ready', 1]);
  test.service.calls = [];
  return { test, stop };
}

const change = (test: ModelUnderTest, revision: number, id = 'local') => {
  test.service.infos = test.service.infos.map((info) => (info.id === id ? { ...info, revision } : info));
  test.streams[0]?.change({ vault: id, revision });
  return settle();
};

describe('work follows attention', () => {
  it('without a watcher there is no request, no subscription and no timer', async () => {
    const test = new ModelUnderTest();
    await test.model.refresh();
    test.service.calls = [];
    await pass(test, 3_600_000);
    expect([test.service.calls, test.streams.length, vi.getTimerCount()]).toEqual([[], 0, 0]);
  });

  it('a watcher brings the state up to date and follows it; with the last one that ends', async () => {
    const { test, stop } = await watched();
    const stopSecond = test.model.watch();
    await settle();
    expect([test.streams.length, test.service.calls]).toEqual([1, []]);
    stop();
    stop();
    expect(test.streams.length).toBe(1);
    stopSecond();
    expect(test.streams.length).toBe(0);
    await pass(test, 3_600_000);
    expect([test.service.calls, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('a watcher starts no service; where none runs nothing is tried again', async () => {
    const test = new ModelUnderTest();
    test.service.running = false;
    test.model.watch();
    await pass(test, 3_600_000);
    expect([test.connects, test.model.state.service.kind]).toEqual([[false], 'none']);
    await test.model.refresh({ start: true });
    expect(test.streams.length).toBe(1);
  });

  it('who looks away before anything was asked causes no request', async () => {
    const test = new ModelUnderTest();
    test.model.watch()();
    await settle();
    expect(test.connects).toEqual([]);
  });

  it('watching and refreshing at once is one request each', async () => {
    const test = new ModelUnderTest();
    test.model.watch();
    await test.model.refresh({ start: false });
    expect(test.service.calls).toEqual(['status', 'vaults', 'list local']);
  });

  it('who looks again asks only for what changed meanwhile', async () => {
    const { test, stop } = await watched();
    stop();
    test.service.infos = [...test.service.infos, vault('r-1')];
    test.model.watch();
    await settle();
    expect(test.service.calls).toEqual(['status', 'vaults', 'list r-1']);
  });
});

describe('a change', () => {
  it('leads to the new list of that vault alone', async () => {
    const { test } = await watched();
    test.service.infos = [...test.service.infos, vault('r-1')];
    await test.model.refresh();
    test.service.calls = [];
    test.service.stored.set('local', [secret('C')]);
    await change(test, 2);
    expect(test.names()).toEqual(['C']);
    expect(test.service.calls).toEqual(['status', 'vaults', 'list local']);
  });

  it('of a known revision leads to no request', async () => {
    const { test } = await watched();
    await change(test, 1);
    expect(test.service.calls).toEqual([]);
  });

  it('that comes often while one is being fetched leads to exactly one more list', async () => {
    const { test } = await watched();
    const letGo = test.service.hold('list local');
    for (const revision of [2, 3, 4, 5]) await change(test, revision);
    expect(test.service.count('list local')).toBe(1);
    await letGo();
    await letGo();
    expect(test.service.count('list local')).toBe(2);
  });

  it('of an unknown vault shows it', async () => {
    const { test } = await watched();
    test.service.infos = [...test.service.infos, vault('r-1', { revision: 3 })];
    test.service.stored.set('r-1', [secret('X')]);
    test.streams[0]?.change({ vault: 'r-1', revision: 3 });
    await settle();
    expect(test.names('r-1')).toEqual(['X']);
  });

  it('of one vault does not ask a failed one again', async () => {
    const { test } = await watched();
    test.service.infos = [...test.service.infos, vault('r-1')];
    test.service.failures.set('list r-1', fail('offline'));
    await test.model.refresh();
    await change(test, 2);
    await change(test, 3);
    expect([test.kind('r-1'), test.service.count('list r-1')]).toEqual(['failed', 1]);
  });

  it('that locks the vault takes the names away, and one that opens it brings them back', async () => {
    const { test } = await watched();
    test.service.infos = [vault('local', { state: 'locked' })];
    await change(test, 2);
    expect(test.kind()).toBe('locked');
    test.service.infos = [vault('local')];
    await change(test, 3);
    expect(test.names()).toEqual(['A', 'B']);
  });
});

describe('a lost subscription', () => {
  it('makes the list stale, with its age and the reason, and is renewed after a second', async () => {
    const { test } = await watched();
    const at = test.now;
    test.streams[0]?.lost(fail('offline'));
    expect(test.list()).toMatchObject({ kind: 'stale', at, error: { kind: 'offline' } });
    expect(test.streams.length).toBe(0);
    await pass(test, 999);
    expect(test.service.calls).toEqual([]);
    test.service.stored.set('local', [secret('C')]);
    await pass(test, 1);
    expect([test.kind(), test.names(), test.streams.length]).toEqual(['ready', ['C'], 1]);
  });

  it('is not renewed in a hurry by a request that was under way', async () => {
    const { test } = await watched();
    const letGo = test.service.hold('vaults');
    await change(test, 2);
    test.streams[0]?.lost(fail('offline'));
    test.service.release('vaults');
    await letGo();
    expect(test.streams.length).toBe(0);
    await pass(test, 1000);
    expect([test.kind(), test.streams.length]).toEqual(['ready', 1]);
  });

  it('is renewed by refreshing at once', async () => {
    const { test } = await watched();
    test.streams[0]?.lost(fail('offline'));
    await test.model.refresh();
    expect([test.kind(), test.streams.length, vi.getTimerCount()]).toEqual(['ready', 1, 0]);
  });

  it('is not renewed when nobody watches any more', async () => {
    const { test, stop } = await watched();
    test.streams[0]?.lost(fail('offline'));
    stop();
    expect(vi.getTimerCount()).toBe(0);
    await pass(test, 3_600_000);
    expect(test.service.calls).toEqual([]);
  });

  it('is tried again after 1, 2, 4, … 60 seconds while the service fails', async () => {
    const { test } = await watched();
    test.service.failures.set('status', fail('timeout'));
    test.streams[0]?.lost(fail('timeout'));
    const times: number[] = [];
    const begin = test.now;
    for (let second = 1; second <= 240; second++) {
      await pass(test, 1000);
      while (times.length < test.service.count('status')) times.push((test.now - begin) / 1000);
    }
    expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
    test.service.failures.clear();
    await pass(test, 60_000);
    expect([test.kind(), test.streams.length, vi.getTimerCount()]).toEqual(['ready', 1, 0]);
  });

  it('is not tried again where something has to be done first', async () => {
    const { test } = await watched();
    test.service.report = { ...test.service.report, protocol: 9 };
    test.streams[0]?.lost(fail('offline'));
    await pass(test, 3_600_000);
    expect([test.service.count('status'), vi.getTimerCount()]).toEqual([1, 0]);
  });

  it('that is lost at once each time is not renewed in a hurry, and after a steady while in a second again', async () => {
    const { test } = await watched();
    for (const pause of [1000, 2000, 4000, 8000]) {
      test.streams[0]?.lost(fail('offline'));
      await pass(test, pause - 1);
      expect(test.streams.length).toBe(0);
      await pass(test, 1);
      expect(test.streams.length).toBe(1);
    }
    await pass(test, 30_000);
    test.streams[0]?.lost(fail('offline'));
    await pass(test, 1000);
    expect(test.streams.length).toBe(1);
  });

  it('of a service that ended shows that none runs, waits a little for its successor, then rests', async () => {
    const { test } = await watched();
    test.service.running = false;
    test.service.failures.set('status', fail('offline'));
    test.streams[0]?.lost(fail('offline'));
    await pass(test, 1000);
    expect([test.model.state.service.kind, test.model.state.vaults]).toEqual(['none', []]);
    await pass(test, 3_600_000);
    expect([test.connects.filter((start) => start), vi.getTimerCount()]).toEqual([[], 0]);
    expect(test.connects.length).toBeLessThan(7);
  });

  it('of a service that is replaced by a newer one is renewed when that is there', async () => {
    const { test } = await watched();
    test.service.running = false;
    test.service.failures.set('status', fail('offline'));
    test.streams[0]?.lost(fail('offline'));
    await pass(test, 1000);
    test.service.running = true;
    test.service.failures.clear();
    await pass(test, 2000);
    expect([test.kind(), test.streams.length]).toEqual(['ready', 1]);
  });

  it('says nothing more: neither changes nor a second loss count', async () => {
    const { test, stop } = await watched();
    const [stream] = test.streams;
    stop();
    test.emitted = 0;
    stream?.change({ vault: 'local', revision: 9 });
    stream?.lost(fail('offline'));
    await pass(test, 60_000);
    expect([test.emitted, test.service.calls, test.kind()]).toEqual([0, [], 'ready']);
  });

  it('that cannot even begin is tried again the same way', async () => {
    const service = new ServiceDouble();
    let attempts = 0;
    let undone = 0;
    const model = new SecretsModel({
      connect: () => Promise.resolve(service),
      changes: () => (_change, lost) => {
        if (++attempts === 1) throw fail('server');
        if (attempts === 2) lost(fail('offline'));
        return () => undone++;
      },
    });
    const stop = model.watch();
    await settle();
    expect([attempts, undone]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([attempts, undone]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(2000);
    expect([attempts, undone, model.state.vaults[0]?.list.kind]).toEqual([3, 1, 'ready']);
    stop();
    expect(undone).toBe(2);
  });
});

it('another process of the service counts its revisions anew, so its lists are asked for', async () => {
  const { test } = await watched();
  test.service.report = { ...test.service.report, pid: 2 };
  test.service.stored.set('local', [secret('C')]);
  test.streams[0]?.change({ vault: 'local', revision: 0 });
  await settle();
  expect(test.names()).toEqual(['C']);
});

it('after dispose there is no subscription, no timer and no request, while a running create goes on', async () => {
  const { test } = await watched();
  const letGo = test.service.hold('create local');
  const created = test.model.create('local', { name: 'C', description: '', type: 'key', value: new SecretValue('v') });
  await settle();
  test.streams[0]?.lost(fail('offline'));
  test.model.dispose();
  await letGo();
  expect(await created).toMatchObject({ name: 'C' });
  test.service.calls = [];
  test.model.watch();
  await pass(test, 3_600_000);
  expect([test.service.calls, test.streams.length, vi.getTimerCount()]).toEqual([[], 0, 0]);
});
