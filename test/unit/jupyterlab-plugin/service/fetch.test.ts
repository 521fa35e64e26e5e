// @vitest-environment jsdom
import '../setup.ts';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { explain, SecretsError, SecretValue, ServiceClient } from '@datalayer-secrets/shared';

const { ServerConnection } = await import('@jupyterlab/services');
const { jupyterFetch } = await import('../../../../jupyterlab-plugin/src/service/fetch.ts');

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A client of a Jupyter Server under `/user/ada/` that answers so. */
async function clientOf(answer: RequestListener): Promise<ServiceClient> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return clientAt(`http://127.0.0.1:${port}/user/ada/`);
}

function clientAt(baseUrl: string): ServiceClient {
  const settings = ServerConnection.makeSettings({ baseUrl, token: 'token-of-jupyter' });
  return new ServiceClient({
    origin: `${baseUrl}datalayer-secrets`,
    fetch: jupyterFetch(settings),
    retry: { attempts: 1, delayMs: 0 },
  });
}

const plain =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

async function failureOf(work: Promise<unknown>): Promise<SecretsError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SecretsError);
  return error as SecretsError;
}

const list = (client: ServiceClient): Promise<unknown> => client.secrets('local').list();
const create = (client: ServiceClient): Promise<unknown> => {
  const secret = { name: 'A', description: '', type: 'generic', value: new SecretValue('canary') };
  return client.secrets('local').create(secret);
};

describe('a request of the page', () => {
  it('goes below the address of the server, with the sign-in of the page', async () => {
    let asked: IncomingMessage | undefined;
    const client = await clientOf((request, response) => {
      asked = request;
      plain(200, '{"success":true,"secrets":[]}')(request, response);
    });
    expect(await list(client)).toEqual([]);
    expect(asked?.url?.split('?', 1)[0]).toBe('/user/ada/datalayer-secrets/vaults/local/api/iam/v1/secrets');
    expect(asked?.headers.authorization).toBe('token token-of-jupyter');
  });

  it('fails as our part of the server says', async () => {
    const client = await clientOf(plain(403, '{"success":false,"code":"locked","message":"","details":{}}'));
    expect(await failureOf(list(client))).toMatchObject({ kind: 'locked' });
  });
});

describe('what is not an answer of ours', () => {
  it.each([
    [401, '{"message":"Unauthorized"}'],
    [403, '{"message":"Forbidden"}'],
    [403, '<html>'],
    [302, ''],
  ])('%s of Jupyter is about the page, not about a vault', async (status, body) => {
    const client = await clientOf(plain(status, body, { location: '/hub/login' }));
    for (const work of [list, create]) {
      const error = await failureOf(work(client));
      expect(error).toMatchObject({ kind: 'unauthenticated', details: { reason: 'jupyter' } });
      expect(explain(error).advice).toContain('Reload the page');
    }
  });

  it('404 means that the server part is not installed', async () => {
    const error = await failureOf(list(await clientOf(plain(404, '{"message":"Not Found"}'))));
    expect(error).toMatchObject({ kind: 'no_service', details: { reason: 'extension' } });
    expect(explain(error).advice).toContain('jupyterlab-datalayer-secrets');
  });

  it.each([424, 502, 503, 504])(
    '%s of something before the server means that the server is not there',
    async (status) => {
      const client = await clientOf(plain(status, '<html>'));
      const error = await failureOf(list(client));
      expect(error).toMatchObject({ kind: 'offline', details: { reason: 'jupyter' } });
      expect(explain(error).what).toBe('The Jupyter server does not answer.');
    },
  );
});

describe('no answer', () => {
  const nobody = 'http://127.0.0.1:9/';

  it('means that the server is not there', async () => {
    const error = await failureOf(list(clientAt(nobody)));
    expect(error).toMatchObject({ kind: 'offline', details: { reason: 'jupyter' } });
  });

  it('to what changes something leaves open whether it was done', async () => {
    const error = await failureOf(create(clientAt(nobody)));
    expect(error).toMatchObject({ kind: 'offline', details: { reason: 'unfinished' } });
    expect(JSON.stringify([error.message, error.stack, error.details])).not.toContain('canary');
  });

  it('because the user gave up is no failure of the server', async () => {
    const client = await clientOf(() => undefined);
    const error = await failureOf(client.secrets('local').list({ signal: AbortSignal.timeout(50) }));
    server?.closeAllConnections();
    expect(error.kind).toBe('cancelled');
  });
});
