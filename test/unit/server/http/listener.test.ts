import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listener } from '../../../../server/src/http/listener.ts';
import type { App } from '../../../../server/src/http/parts.ts';
import type { LogFields } from '../../../../server/src/service/log.ts';

const CANARY = 'canary-91e2';
let server: Server | undefined;
afterEach(() => void server?.close());

/** Asks an app that answers so, and gives what came back and what was logged. */
async function ask(answer: () => unknown): Promise<{ came: string; logged: [string, LogFields?][] }> {
  const logged: [string, LogFields?][] = [];
  const app = { fetch: () => Promise.resolve().then(answer) } as unknown as App;
  const made = (server = createServer(listener(app, (...line) => void logged.push(line as [string, LogFields?]))));
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const { port } = made.address() as AddressInfo;
  const came = await new Promise<string>((resolve) => {
    const asked = request({ port, host: '127.0.0.1', path: `/${CANARY}`, agent: false }, (response) => {
      let text = `${response.statusCode ?? 0} `;
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(text)).on('error', () => resolve(`${text}broken off`));
    });
    asked.on('error', () => resolve('broken off'));
    asked.end();
  });
  return { came, logged };
}

const mistake = { failure: 'TypeError', where: expect.stringMatching(/^test\.ts:\d+:\d+$/) as string };
const wrong = () => {
  throw new TypeError(CANARY);
};

it('an answer that cannot be written costs its connection, and the log says where our mistake is, not what it held', async () => {
  const headers = {
    get 'content-type'() {
      return wrong();
    },
  };
  const { came, logged } = await ask(() => ({ status: 200, headers, body: CANARY }));
  expect([came, logged]).toEqual(['broken off', [['answer failed', { method: 'GET', ...mistake }]]]);
  expect(JSON.stringify(logged)).not.toContain(CANARY);
});

it('a stream that breaks on our side ends its connection, and the log says so', async () => {
  let pieces = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (pieces++ === 0 ? controller.enqueue(Buffer.from('first')) : wrong()),
  });
  const { came, logged } = await ask(() => ({ status: 200, headers: {}, body }));
  expect(came).toMatch(/^200 (first)?broken off$/);
  expect(logged).toEqual([['answer failed', { method: 'GET', ...mistake }]]);
});

it('what fails around the app is answered as unexpected, and logged', async () => {
  const { came, logged } = await ask(wrong);
  expect(came).toMatch(/^500 .*"code":"unexpected"/);
  expect(logged).toEqual([['request failed', { status: 500, code: 'unexpected', ...mistake }]]);
});

it('a client that hangs up is no mistake of ours', async () => {
  let ended: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (ended = resolve));
  const logged: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from('x')), cancel: () => ended() });
  const app = { fetch: () => Promise.resolve({ status: 200, headers: {}, body }) } as unknown as App;
  const made = (server = createServer(listener(app, (...line) => void logged.push(line))));
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const { port } = made.address() as AddressInfo;
  request({ port, host: '127.0.0.1', agent: false }, (response) => response.once('data', () => response.destroy())).end();
  await cancelled;
  await new Promise((resolve) => made.close(resolve));
  expect(logged).toEqual([]);
}); // prettier-ignore
