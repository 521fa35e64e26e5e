import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLoopbackFetch, type LoopbackFetch } from '@datalayer-secrets/loopback';
import { SecretsModel, SecretValue, ServiceClient, type SecretList } from '@datalayer-secrets/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changesOf } from '../../../extension/src/changes.ts';
import { findPlaces } from '../../../server/src/service/places.ts';
import { startService, type Service } from '../../../server/src/service/service.ts';

let folder: string;
let service: Service | null;
let umask: number;
const fetches: LoopbackFetch[] = [];
const windows: Window[] = [];

beforeEach(async () => {
  umask = process.umask(0o077); // as the service's own process has it
  folder = mkdtempSync(join(tmpdir(), 'secrets-model-'));
  await start();
});

afterEach(async () => {
  for (const window of windows.splice(0)) window.model.dispose();
  for (const fetch of fetches.splice(0)) fetch.close();
  await service?.stop();
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  service = await startService({
    places: findPlaces({ DATALAYER_SECRETS_HOME: join(folder, 'home') }),
    environment: {},
  });
}

/** What one editor window has: a model over its own client of the real service. */
class Window {
  readonly model = new SecretsModel({
    connect: () => Promise.resolve(service && this.#connect(service)),
    changes: () => changesOf(this.client),
  });
  client!: ServiceClient;

  constructor() {
    windows.push(this);
  }

  #connect({ origin, port, ...running }: Service): ServiceClient {
    const token = running.token('a window', 'full');
    const fetch = createLoopbackFetch({ port, token });
    fetches.push(fetch);
    return (this.client = new ServiceClient({ origin, token, fetch }));
  }

  async service(): Promise<ServiceClient> {
    await this.model.service();
    return this.client;
  }

  get list(): SecretList | undefined {
    return this.model.state.vaults[0]?.list;
  }

  get names(): string[] | undefined {
    return this.list && 'secrets' in this.list ? this.list.secrets.map(({ name }) => name) : undefined;
  }

  /** Resolves when the state comes to fit. */
  until(fits: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits()) return;
        stop();
        resolve();
      };
      const stop = this.model.onChange(look);
      look();
    });
  }
}

const newSecret = (name: string) => ({ name, description: '', type: 'key', value: new SecretValue('v') });

it('a vault goes from set-up to its first secret, and locking it takes the names away', async () => {
  const window = new Window();
  const { model } = window;
  const kind = () => window.list?.kind;
  await model.refresh();
  expect([model.state.service.kind, kind()]).toEqual(['ready', 'setup-needed']);
  const client = await window.service();
  await client.setup({ slot: 'file' });
  await model.refresh();
  expect(kind()).toBe('ready');
  await model.create('local', newSecret('FIRST'));
  await expect(model.create('local', newSecret('FIRST'))).rejects.toMatchObject({ kind: 'conflict' });
  await client.lock();
  await model.refresh();
  expect(kind()).toBe('locked');
  expect(JSON.stringify(model.state)).not.toContain('FIRST');
});

it('two windows show each other what they change, and what they lock', async () => {
  const [one, other] = [new Window(), new Window()];
  const client = await one.service();
  await client.setup({ slot: 'file' });
  for (const { model } of windows) model.watch();
  await Promise.all(windows.map((window) => window.until(() => window.list?.kind === 'ready')));

  const created = await one.model.create('local', newSecret('SHARED'));
  await other.until(() => other.names?.includes('SHARED') === true);
  await other.model.update('local', created, { name: 'RENAMED' });
  await one.until(() => one.names?.includes('RENAMED') === true);
  const replaced = await one.model.replaceValue('local', created, new SecretValue('w'));
  await other.until(() => other.list?.kind === 'ready' && other.list.secrets[0]?.uid === replaced.uid);
  await other.model.delete('local', replaced);
  await one.until(() => one.names?.length === 0);
  await client.lock();
  await other.until(() => other.list?.kind === 'locked');
});

it('a service that ends is seen at once, and its successor is found by itself', async () => {
  const window = new Window();
  const client = await window.service();
  await client.setup({ slot: 'file' });
  window.model.watch();
  await window.until(() => window.list?.kind === 'ready');
  await window.model.create('local', newSecret('KEPT'));

  const ended = service;
  service = null;
  const stopping = ended?.stop();
  await window.until(() => window.list?.kind !== 'ready');
  await stopping;
  await start();
  await window.until(() => window.model.state.service.kind === 'ready' && window.list?.kind === 'locked');
  await window.client.unlock({ interactive: true });
  await window.until(() => window.names?.includes('KEPT') === true);
});
