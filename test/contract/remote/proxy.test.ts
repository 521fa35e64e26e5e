import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { SecretsClient, SecretValue } from '@datalayer-secrets/shared';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RemoteFetch } from '../../../server/src/remote/proxy.ts';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { Home } from '../../fixtures/service.ts';
import { CERTIFICATE, KEY } from '../../fixtures/tls.ts';

const portOf = (server: NetServer) => (server.address() as AddressInfo).port;
const listen = <T extends NetServer>(server: T) =>
  new Promise<T>((done) => server.listen(0, '127.0.0.1', () => done(server)));

let datalayer: DatalayerService;
/** Datalayer behind TLS, for the names in the certificate. */
let front: NetServer;
/** A proxy that leads every tunnel to `front`, and writes down what it was asked for. */
let proxy: Server;
let asked: string[] = [];
let refusal: string | null = null;
let folder: string;
const networks: RemoteFetch[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  await writeFile(join(folder, 'ca.pem'), CERTIFICATE);
  datalayer = await startDatalayerService();
  datalayer.add({ name: 'MINE', value: 'x' });
  front = await listen(
    createTlsServer({ cert: CERTIFICATE, key: KEY }, (socket) => {
      const inner = connect(datalayer.port, '127.0.0.1');
      socket.on('error', () => inner.destroy()).pipe(inner);
      inner.on('error', () => socket.destroy()).pipe(socket);
    }),
  );
  proxy = await listen(
    createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(502).end();
    }).on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim());
      socket.on('error', () => undefined);
      if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
      const inner = connect(portOf(front), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        inner.pipe(socket).pipe(inner);
      }).on('error', () => socket.destroy());
    }),
  );
});
afterEach(async () => {
  asked = [];
  refusal = null;
  for (const network of networks.splice(0)) await network.close();
});
afterAll(async () => {
  await datalayer.close();
  front.close();
  proxy.closeAllConnections();
  proxy.close();
  await rm(folder, { recursive: true });
});

const proxyUrl = (login = '') => `http://${login}127.0.0.1:${portOf(proxy)}`;

function list(origin: string, environment: Record<string, string>): Promise<unknown> {
  const network = new RemoteFetch(environment);
  networks.push(network);
  const options = { origin, token: datalayer.token, fetch: network.fetch, retry: { attempts: 1, delayMs: 0 } };
  return new SecretsClient(options).list();
}

/** As the service does it: settings in the environment at the start of the process. */
async function listInNewProcess(origin: string, environment: Record<string, string>): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'list-remote.ts')], {
    env: { REMOTE_ORIGIN: origin, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(datalayer.token);
  return JSON.parse(await text(child.stdout)) as Record<string, unknown>;
}

describe('a service on another machine', () => {
  it('is reached through the proxy of the environment, with its certificate from NODE_EXTRA_CA_CERTS', async () => {
    const settings = { HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    const answer = await listInNewProcess('https://secrets.example.test', settings);
    expect(answer).toEqual({ names: ['MINE'], undiciBefore: false, undiciAfter: true });
    expect(asked).toEqual(['CONNECT secrets.example.test:443']);
  });

  it('is reached so by the bundled service too', async () => {
    const home = new Home({ HTTPS_PROXY: proxyUrl(), NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
    try {
      const service = await home.client();
      const origin = 'https://secrets.example.test';
      const { vault } = await service.signIn({ origin, token: new SecretValue(datalayer.token) });
      expect(await service.secrets(vault?.id ?? '').list()).toMatchObject([{ name: 'MINE' }]);
      expect(asked).toContain('CONNECT secrets.example.test:443');
    } finally {
      home.dispose();
    }
  });

  it.runIf(process.platform === 'linux')('is trusted by the certificates of the operating system too', async () => {
    const settings = { HTTPS_PROXY: proxyUrl(), SSL_CERT_FILE: join(folder, 'ca.pem') };
    expect(await listInNewProcess('https://secrets.example.test', settings)).toMatchObject({ names: ['MINE'] });
  });

  it('whose certificate nobody vouches for is told nothing', async () => {
    const requests = datalayer.requests.length;
    const listing = list('https://secrets.example.test', { HTTPS_PROXY: proxyUrl() });
    await expect(listing).rejects.toMatchObject({ kind: 'certificate', details: { host: 'secrets.example.test' } });
    expect(datalayer.requests).toHaveLength(requests);
  });

  it.each([
    ['https_proxy', 'lower case'],
    ['HTTPS_PROXY', 'upper case'],
    ['HTTP_PROXY', 'the setting for http where there is none for https'],
  ])('is asked for at the proxy of %s (%s)', async (name) => {
    await list('https://secrets.example.test', { [name]: proxyUrl('me:hunter2@') }).catch(() => undefined);
    expect(asked).toEqual([`CONNECT secrets.example.test:443 Basic ${Buffer.from('me:hunter2').toString('base64')}`]);
  });

  it('is asked directly where NO_PROXY names it', async () => {
    const environment = { HTTPS_PROXY: proxyUrl(), NO_PROXY: 'example.org,0.0.0.0' };
    // 0.0.0.0 leads to this machine and yet is no loopback address; the certificate is for other names.
    await expect(list(`https://0.0.0.0:${portOf(front)}`, environment)).rejects.toMatchObject({ kind: 'certificate' });
    expect(asked).toEqual([]);
  });

  it('is asked through no proxy that only the environment of this process names', async () => {
    process.env['HTTPS_PROXY'] = proxyUrl();
    try {
      await list(`https://0.0.0.0:${portOf(front)}`, {}).catch(() => undefined);
    } finally {
      delete process.env['HTTPS_PROXY'];
    }
    expect(asked).toEqual([]);
  });
});

describe('a service on this machine', () => {
  it('is never asked through a proxy', async () => {
    const environment = { HTTP_PROXY: proxyUrl(), HTTPS_PROXY: proxyUrl(), http_proxy: proxyUrl() };
    expect(await list(datalayer.origin, environment)).toMatchObject([{ name: 'MINE' }]);
    expect(await list(`http://localhost:${datalayer.port}`, environment)).toMatchObject([{ name: 'MINE' }]);
    expect(asked).toEqual([]);
  });
});

describe('a proxy', () => {
  const failure = async (setting: string): Promise<{ kind: string; details: Record<string, unknown> }> => {
    const error: unknown = await list('https://secrets.example.test', { HTTPS_PROXY: setting }).catch(
      (e: unknown) => e,
    );
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    return error as { kind: string; details: Record<string, unknown> };
  };

  it('that refuses is the failure, not the service', async () => {
    refusal = '403 Forbidden';
    expect(await failure(proxyUrl())).toMatchObject({ kind: 'proxy', details: { host: 'secrets.example.test' } });
  });

  it('that wants a sign-in says so', async () => {
    refusal = '407 Proxy Authentication Required';
    expect(await failure(proxyUrl('me:hunter2@'))).toMatchObject({ kind: 'proxy', details: { reason: 'sign-in' } });
  });

  it('that cannot be reached is the failure, and its password is not repeated', async () => {
    const gone = await listen(createServer());
    const port = portOf(gone);
    await new Promise((done) => gone.close(done));
    expect(await failure(`http://me:hunter2@127.0.0.1:${port}`)).toMatchObject({ kind: 'proxy' });
    expect(await failure('http://me:hunter2@proxy.invalid:3128')).toMatchObject({ kind: 'proxy' });
  });

  it('setting without http:// is understood; one that is no address is said to be wrong', async () => {
    await failure(proxyUrl().replace('http://', ''));
    expect(asked).toEqual(['CONNECT secrets.example.test:443']);
    expect(await failure('http://[hunter2')).toMatchObject({ kind: 'proxy', details: { reason: 'setting' } });
  });
});
