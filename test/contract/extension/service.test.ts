import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SecretsModel, SecretValue, ServiceClient } from '@datalayer-secrets/shared';
import { changesOf } from '../../../extension/src/changes.ts';
import { ensure } from '../../../extension/src/ensure.ts';
import { LocalService } from '../../../extension/src/service.ts';
import { startDatalayerService } from '../../fixtures/datalayer-service.ts';
import { Home, processEnvironment, PROGRAM, until } from '../../fixtures/service.ts';

let home: Home;
let asked: { start: boolean; state: string }[];
let mayStart: boolean;
let service: LocalService;

beforeEach(() => {
  home = new Home();
  asked = [];
  mayStart = true;
  service = new LocalService({
    mayStart: () => mayStart,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined, show: () => undefined },
    ensure: async ({ start, signal }) => {
      const environment = home.environment as Record<string, string>;
      const answer = await ensure({ file: PROGRAM, start, environment, signal });
      asked.push({ start, state: answer.state });
      return answer;
    },
  });
});
afterEach(() => {
  service.dispose();
  home.dispose();
});

async function started(): Promise<ServiceClient> {
  const client = await service.find({ start: true });
  if (!(client instanceof ServiceClient)) throw new Error('no service');
  return client;
}

const secret = { name: 'A_KEY', description: '', type: 'key', value: new SecretValue('a value') };

describe('the service as a window knows it', () => {
  it('is only looked for, not started, unless somebody wants it', async () => {
    expect(await service.find({ start: false })).toEqual({ state: 'none', used: false, quiet: false });
    expect(asked).toEqual([{ start: false, state: 'none' }]);
  });

  it('is asked for once by all who ask at the same time, and started when one of them wants it', async () => {
    const [looked, first, second] = await Promise.all([
      service.find({ start: false }),
      service.find({ start: true }),
      service.find({ start: true }),
    ]);
    expect(looked).toMatchObject({ state: 'none' });
    expect(first).toBe(second);
    expect(asked).toEqual([
      { start: false, state: 'none' },
      { start: true, state: 'new' },
    ]);
  });

  it('answers the same client again after it was killed, and the request of a command starts it anew', async () => {
    const client = await started();
    await client.setup({ slot: 'file' });
    await kill(client);
    expect(await client.status()).toMatchObject({ state: 'locked' });
    await client.unlock({ interactive: false });
    await client.secrets('local').create(secret);
    await kill(client);
    await expect(client.secrets('local').list()).rejects.toMatchObject({ kind: 'locked' });
  });

  it('is not started again by a request that nobody waits for', async () => {
    const client = await started();
    mayStart = false;
    await client.stop();
    await until('the end of the service', async () => (await home.ensure('L', 'full', '--no-start')).state === 'none');
    await expect(client.status()).rejects.toMatchObject({ kind: 'no_service' });
    expect(asked.at(-1)).toEqual({ start: false, state: 'none' });
  });

  it('gives nothing to another program that took its port', async () => {
    const client = await started();
    await client.setup({ slot: 'file' });
    const answer = asked.length;
    const port = await portOf(home);
    await kill(client);
    const squatter = await squat(port);
    try {
      await client.unlock({ slot: 'file', interactive: false });
      await client.secrets('local').create({ ...secret, value: new SecretValue('canary-value') });
      expect(asked.length).toBe(answer + 1);
      expect(squatter.heard()).toContain('GET /hello');
      expect(squatter.heard()).not.toMatch(/authorization|bearer|canary/i);
    } finally {
      await squatter.close();
    }
  });

  it('is not doubted when it refuses a sign-in, which is sent once', async () => {
    const client = await started();
    const datalayer = await startDatalayerService();
    try {
      const before = asked.length;
      const wrong = { origin: datalayer.origin, token: new SecretValue('wrong-token') };
      await expect(client.signIn(wrong)).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(asked.length).toBe(before);
      expect(datalayer.requests).toHaveLength(1);
    } finally {
      await datalayer.close();
    }
  });

  it('keeps two windows in step', async () => {
    const client = await started();
    await client.setup({ slot: 'file' });
    const models = [0, 1].map(
      () => new SecretsModel({ connect: () => Promise.resolve(client), changes: () => changesOf(client) }),
    );
    const stops = models.map((model) => model.watch());
    try {
      const names = (model?: SecretsModel): string[] =>
        model?.state.vaults.flatMap(({ list }) => ('secrets' in list ? list.secrets.map(({ name }) => name) : [])) ??
        [];
      await until('both lists', () => models.every(({ state }) => state.vaults[0]?.list.kind === 'ready'));
      await models[0]?.create('local', secret);
      await until('the other list', () => names(models[1]).includes('A_KEY'), 2_000);
      await client.lock();
      await until('both locked', () => models.every(({ state }) => state.vaults[0]?.list.kind === 'locked'), 2_000);
    } finally {
      for (const stop of stops) stop();
      for (const model of models) model.dispose();
    }
  });
});

/** Kills the service and waits until this process has noticed that its connections are closed. */
async function kill(client: ServiceClient): Promise<void> {
  const stream = client.changes({ signal: new AbortController().signal })[Symbol.asyncIterator]();
  await stream.next();
  const { pid } = home;
  process.kill(pid, 'SIGKILL');
  await until('the end of the stream', async () =>
    stream.next().then(
      ({ done }) => done,
      () => true,
    ),
  );
  await until('the end of the process', () => !processEnvironment(pid));
}

async function portOf(of: Home): Promise<number> {
  return Number(new URL((await of.running()).origin).port);
}

/** Listens on a port that was somebody else's and records all that comes; answers like a web server that knows nothing. */
async function squat(port: number): Promise<{ heard(): string; close(): Promise<void> }> {
  let heard = '';
  const server: Server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
    socket.on('error', () => undefined);
  });
  await until(
    'the port',
    () =>
      new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => resolve(true));
      }),
  );
  return { heard: () => heard, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
