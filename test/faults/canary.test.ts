import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretValue } from '@datalayer-secrets/shared';
import { Home, type Output } from '../fixtures/service.ts';
import { spellings } from '../fixtures/spellings.ts';

const VALUE = 'canary-value-93bd51';
const PASSPHRASE = 'canary-passphrase-5c07aa';
const NAME = 'CANARY_NAME_E11D';

describe('a value, a passphrase and the tokens of clients', () => {
  const proxied: string[] = [];
  const proxy = createServer((request, response) => {
    proxied.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.end();
  });
  proxy.on('connect', (request, socket) => {
    proxied.push(`CONNECT ${request.url ?? ''}`);
    socket.destroy();
  });
  let home: Home;
  const outputs: Output[] = [];
  const tokens: string[] = [];
  const processes = new Set<string>();
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    home = new Home({
      HTTP_PROXY: address,
      HTTPS_PROXY: address,
      ALL_PROXY: address,
      http_proxy: address,
      https_proxy: address,
    });
  });
  afterAll(() => {
    home.dispose();
    proxy.close();
  });

  /** Arguments and environments of every process there is, as any program of this user can read them. */
  function lookAtProcesses(): void {
    for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
      for (const file of ['cmdline', 'environ']) {
        try {
          processes.add(readFileSync(join('/proc', entry, file), 'latin1'));
        } catch {
          // it has ended
        }
      }
    }
  }

  it('go through every feature', async () => {
    const looking = setInterval(lookAtProcesses, 20);
    const run = async (args: string[], input = '') => outputs.push(await home.run(args, { input }));
    await run(['setup', '--passphrase'], `${PASSPHRASE}\n`);
    await run(['create', NAME, '--type', 'key'], VALUE);
    await run(['create', NAME, '--type', 'key'], VALUE); // exists
    await run(['create', NAME, VALUE]); // refused; only this process had it
    await run(['ls']);
    await run(['audit']);
    await run(['lock']);
    await run(['unlock', '--passphrase'], `wrong ${PASSPHRASE}\n`);
    await run(['unlock', '--passphrase'], `${PASSPHRASE}\n`);
    const { origin, token } = await home.running('a client');
    tokens.push(token);
    const client = await home.client('another');
    const secrets = client.secrets('local');
    const [secret] = await secrets.list();
    if (secret === undefined) throw new Error('nothing was created');
    await secrets.reveal(secret);
    const replaced = await secrets.replaceValue(secret, new SecretValue(`${VALUE} replaced`));
    await secrets.update(replaced, { description: 'changed' });
    // Bad requests: what they hold must come back from nowhere.
    const send = (body: string, headers: Record<string, string> = {}) =>
      fetch(`${origin}/api/iam/v1/secrets`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      });
    for (const body of [
      `{"name":"${NAME}","value":"${VALUE}`,
      `{"value":"${VALUE}","value":"${VALUE}"}`,
      `{"name":"${VALUE}\\u0000","value":"${VALUE}"}`,
    ]) {
      const response = await send(body);
      outputs.push({ code: response.status, stdout: await response.text(), stderr: '' });
    }
    const refused = await send(`{"name":"x","value":"${VALUE}"}`, { authorization: `Bearer ${token}x` });
    outputs.push({ code: refused.status, stdout: await refused.text(), stderr: '' });
    await secrets.delete(replaced);
    await client.setPassphrase(new SecretValue(`${PASSPHRASE} changed`));
    await run(['stop']);
    clearInterval(looking);
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 1, 2, 0, 0, 0, 78, 0, 400, 400, 400, 401, 0]);
  });

  it('are in no file of the home folder, deleted ones neither', () => {
    const needles = [VALUE, PASSPHRASE, NAME, ...tokens].flatMap(spellings);
    let files = 0;
    for (const entry of readdirSync(home.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      files++;
      const content = readFileSync(join(entry.parentPath, entry.name));
      for (const needle of needles) expect([entry.name, content.includes(needle)]).toEqual([entry.name, false]);
    }
    expect(files).toBeGreaterThan(4);
  });

  it('are in no output but the name in those that list it', () => {
    const all = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const canary of [VALUE, PASSPHRASE, ...tokens]) expect(all).not.toContain(canary);
    expect(all).toContain(NAME);
  });

  it('are in the arguments and the environment of no process but the one that was called with it', () => {
    expect(processes.size).toBeGreaterThan(10);
    for (const text of processes) {
      for (const canary of [PASSPHRASE, ...tokens]) expect(text).not.toContain(canary);
      if (text.includes(VALUE)) expect(text.split('\0').slice(2, 5)).toEqual(['create', NAME, VALUE]);
    }
  });

  it('went through no proxy, and nothing else did', () => {
    expect(proxied).toEqual([]);
  });
});
