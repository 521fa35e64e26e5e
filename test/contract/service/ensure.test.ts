import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { prepareHome } from '../../../server/src/service/places.ts';
import { writePrivate } from '../../../server/src/service/private-file.ts';
import { readRunFile, writeRunFile } from '../../../server/src/service/run-file.ts';
import { Home, processEnvironment, until } from '../../fixtures/service.ts';

let home: Home;
beforeEach(() => void (home = new Home()));
afterEach(() => home.dispose());
const closing: Server[] = [];
afterEach(() => closing.splice(0).forEach((server) => server.close()));

const STALE = { version: '0.1.0', protocol: 1, startedAt: '', secret: 'a-secret-that-nobody-knows-any-more-123456' };

describe('ensure', () => {
  it('starts a service and prints one line with address, token, version and state', async () => {
    const { code, stdout } = await home.run(['ensure', '--label', 'L', '--scope', 'full']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({
      state: 'new', origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string, version: '0.1.0',
    }); // prettier-ignore
  });

  it('finds the running service, with a token of its own for each client', async () => {
    const first = await home.running();
    const pid = home.pid;
    const second = await home.running();
    expect([second.origin, home.pid]).toEqual([first.origin, pid]);
    expect(second.token).not.toBe(first.token);
  });

  it('two at the same instant start one service', async () => {
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([home.running('one'), home.running('other')]);
      expect(answers[0].origin).toBe(answers[1].origin);
      for (const { origin, token } of answers) {
        const response = await fetch(`${origin}/api/iam/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
        expect(response.status).toBe(200);
      }
      await (await home.client()).stop();
      await until('the end', () => readRunFile(home.places) === null);
    }
  });

  it('--no-start starts nothing, writes nothing, and says what the files tell', async () => {
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: false, quiet: false });
    expect(existsSync(home.places.home)).toBe(false);
    const client = await home.client();
    await client.setup({ slot: 'file' });
    await client.stop();
    await until('the end', () => readRunFile(home.places) === null);
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: true, quiet: true });
    await home.running();
    expect(await home.ensure('L', 'full', '--no-start')).toMatchObject({ state: 'locked' });
  });

  it('by passphrase is used, but not quiet', async () => {
    const client = await home.client();
    await client.setup({ slot: 'passphrase', passphrase: new SecretValue('p') });
    await client.stop();
    await until('the end', () => readRunFile(home.places) === null);
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'none', used: true, quiet: false });
  });

  it('starts within a second after the service was killed', async () => {
    await home.running();
    for (let round = 0; round < 3; round++) {
      process.kill(home.pid, 'SIGKILL');
      const start = performance.now();
      await home.running();
      expect(performance.now() - start).toBeLessThan(3_000); // on a machine busy with other tests; the bench measures it alone
    }
  });

  it.each([
    ['a process id that somebody else has now', { pid: process.pid, port: 9 }],
    ['a process id of nobody', { pid: 4_000_000, port: 9 }],
  ])('is not held up by %s in a stale run file', async (_, file) => {
    prepareHome(home.places);
    writeRunFile(home.places, { ...STALE, ...file });
    await home.running();
    expect(readRunFile(home.places)?.secret).not.toBe(STALE.secret);
  });

  it('names the process of a live service whose run file was lost', { timeout: 60_000 }, async () => {
    await home.running();
    const { pid } = home;
    writeFileSync(home.places.runFile, 'garbage{');
    const { code, stdout } = await home.run(['ensure', '--label', 'x', '--scope', 'full', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ code: 'no_service', details: { pid } })]);
  });

  it.each(['', '{', '{"port":1}', 'null'])('is not held up by a run file that holds %j', async (text) => {
    prepareHome(home.places);
    writePrivate(home.places.runFile, text);
    await home.running();
  });

  it('gives a foreign program on the recorded port no secret and no token', async () => {
    const heard: string[] = [];
    const foreign = createServer((request, response) => {
      heard.push(`${request.method ?? ''} ${request.url ?? ''} ${JSON.stringify(request.headers)}`);
      request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
      response.end('{"success":true,"proof":"00","port":1,"pid":1,"token":"forged"}');
    });
    closing.push(foreign);
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    const { port } = foreign.address() as AddressInfo;
    prepareHome(home.places);
    writeRunFile(home.places, { ...STALE, pid: process.pid, port });
    const { origin, token } = await home.running();
    expect(origin).not.toBe(`http://127.0.0.1:${port}`);
    expect(token).not.toBe('forged');
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.join('\n')).not.toContain(STALE.secret);
    expect(heard.join('\n')).not.toMatch(/authorization/i);
  });

  it('is not held up by a program on the recorded port that says nothing', async () => {
    const silent = createSocketServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    prepareHome(home.places);
    writeRunFile(home.places, { ...STALE, pid: process.pid, port: (silent.address() as AddressInfo).port });
    await home.running();
    silent.close();
  });

  it('says on which machine the vault is in use when the lock is held elsewhere', async () => {
    prepareHome(home.places);
    writePrivate(home.places.lockDb, '');
    const lock = new DatabaseSync(home.places.lockDb);
    lock.exec('BEGIN EXCLUSIVE');
    writePrivate(home.places.lockOwner, JSON.stringify({ host: 'other-pod', pid: 7 }));
    expect(await home.ensure()).toEqual({ state: 'elsewhere', host: 'other-pod' });
    expect(await home.ensure('L', 'full', '--no-start')).toEqual({ state: 'elsewhere', host: 'other-pod' });
    const { code, stderr } = await home.run(['ls']);
    expect(code).toBe(1);
    expect(stderr).toContain('other-pod');
    lock.close();
    await home.running();
    expect(JSON.parse(readFileSync(home.places.lockOwner, 'utf8'))).toMatchObject({ host: hostname() });
  });

  it('refuses a folder that others can enter with a sentence, and starts nothing', async () => {
    mkdirSync(home.places.home, { mode: 0o755 });
    const { code, stdout } = await home.run(['ensure', '--label', 'L', '--scope', 'full', '--json']);
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, code: 'bad_permissions' });
    expect(readdirSync(home.places.home)).toEqual([]);
  });

  it.each([
    [['--scope', 'full']],
    [['--label', 'L']],
    [['--label', 'L', '--scope', 'root']],
    [['--label', 'a\nb', '--scope', 'full']],
  ])('called as %j is a mistake of the caller', async (args) => {
    const { code, stdout, stderr } = await home.run(['ensure', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage:');
  });
});

describe('the process of a service', () => {
  it('is on its own: session, streams, folder, environment, core dumps, arguments', async () => {
    home = new Home({
      SECRET_OF_SHELL: 'canary',
      NODE_OPTIONS: '--no-deprecation',
      LANG: 'C.UTF-8',
      DATALAYER_API_KEY: 'canary',
    });
    const { token } = await home.running('a label');
    const { pid } = home;
    const environment = processEnvironment(pid) ?? '';
    expect(environment.split('\0').filter(Boolean).map((line) => line.split('=')[0]).sort()).toEqual([
      'DATALAYER_SECRETS_HOME', 'HOME', 'LANG', 'NODE_COMPILE_CACHE',
    ]); // prettier-ignore
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    expect(command + environment).not.toContain(token);
    expect(command + environment).not.toContain(readRunFile(home.places)?.secret ?? '');
    const [, session] = /\) \S \d+ \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    expect(Number(session)).toBe(pid);
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/Max core file size +0 +0/);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/Umask:\s+0077/);
  });

  it('leaves nothing that others can read', async () => {
    const client = await home.client();
    await client.setup({ slot: 'file' });
    await client.secrets('local').create({ name: 'N', description: '', type: 'key', value: new SecretValue('v') });
    for (const entry of readdirSync(home.places.home, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect([entry.name, mode.toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
    }
  });

  it('ends on SIGTERM with all that was answered, and leaves only the port in the run file', async () => {
    const client = await home.client();
    await client.setup({ slot: 'file' });
    const { pid } = home;
    await client.secrets('local').create({ name: 'N', description: '', type: 'key', value: new SecretValue('v') });
    process.kill(pid, 'SIGTERM');
    await until('the end', () => processEnvironment(pid) === null || processEnvironment(pid) === '');
    expect(Object.keys(JSON.parse(readFileSync(home.places.runFile, 'utf8')) as object)).toEqual(['port']);
    const next = await home.client();
    await next.unlock({ interactive: false });
    expect(await next.secrets('local').list()).toHaveLength(1);
  });

  it('closes the streams of its clients when it ends', async () => {
    const client = await home.client();
    const changes = client.changes({ signal: new AbortController().signal });
    expect((await changes.next()).value).toMatchObject({ vault: 'local' });
    const end = changes.next();
    await (await home.client()).stop();
    expect((await end).done).toBe(true);
  });
});

describe('an older service', () => {
  /** The same program that says it is older: what an update finds. */
  async function makeOlder(): Promise<void> {
    const file = readRunFile(home.places);
    if (file !== null) writeRunFile(home.places, { ...file, version: '0.0.9' });
    await Promise.resolve();
  }

  it('is replaced where that costs nothing', async () => {
    await home.running();
    const { pid } = home;
    await makeOlder();
    expect(await home.running()).toMatchObject({ version: '0.1.0' });
    expect(home.pid).not.toBe(pid);
  });

  it('is replaced when its vault opens again without a question', async () => {
    await (await home.client()).setup({ slot: 'file' });
    const { pid } = home;
    await makeOlder();
    await home.running();
    expect(home.pid).not.toBe(pid);
  });

  it('stays where the passphrase would be needed again, until somebody clicks', async () => {
    await (await home.client()).setup({ slot: 'passphrase', passphrase: new SecretValue('p') });
    const { pid } = home;
    await makeOlder();
    expect(await home.ensure()).toMatchObject({ state: 'open', version: '0.0.9' });
    expect(home.pid).toBe(pid);
    expect(await home.ensure('L', 'full', '--replace')).toMatchObject({ state: 'locked', version: '0.1.0' });
    expect(home.pid).not.toBe(pid);
  });

  it.each([
    [2, 'too_new'],
    [0, 'too_old'],
  ])('of protocol %d that cannot be replaced is named: %s', async (protocol, code) => {
    await (await home.client()).setup({ slot: 'passphrase', passphrase: new SecretValue('p') });
    const file = readRunFile(home.places);
    if (file !== null) writeRunFile(home.places, { ...file, protocol });
    const { code: exit, stdout } = await home.run(['ensure', '--label', 'L', '--scope', 'full', '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, code });
  });
});

describe('life', () => {
  it('a client that leaves does not end the service for the others', async () => {
    const [one, other] = [await home.client(), await home.client()];
    await one.leave();
    expect((await other.status()).state).toBe('new');
    writeFileSync(join(dirname(home.places.runFile), 'of-another-host.json'), '{}', { mode: 0o600 });
    await home.running();
  });
});
