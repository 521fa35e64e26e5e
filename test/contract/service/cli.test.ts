import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstLine, Home, outputOf, PROGRAM } from '../../fixtures/service.ts';
import { onTerminal } from '../../fixtures/terminal.ts';

const CANARY = 'canary-7d20';

describe('the command line', () => {
  const home = new Home();
  beforeAll(async () => {
    await home.run(['setup', '--key-file', join(home.folder, 'the.key')]);
  });
  afterAll(() => home.dispose());

  it('creates with a value from standard input, byte by byte, and lists without it', async () => {
    const { code, stdout } = await home.run(['create', 'FROM_STDIN', '--type', 'token', '--description', 'd'], {
      input: `${CANARY}\r\n`,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Created FROM_STDIN \([0-9A-Z]{26}\)\.\n$/);
    const listed = await home.run(['ls', '--json']);
    expect(JSON.parse(listed.stdout)).toEqual([
      expect.objectContaining({ name: 'FROM_STDIN', type: 'token', description: 'd' }),
    ]);
    expect(listed.stdout + (await home.run(['ls'])).stdout).not.toContain(CANARY);
    const service = await home.client();
    const [secret] = await service.secrets('local').list();
    expect((await service.secrets('local').reveal(secret ?? '')).expose()).toBe(`${CANARY}\r\n`);
  });

  it('points out a line break at the end of a value, which it keeps', async () => {
    expect((await home.run(['create', 'WITH_BREAK'], { input: 'x\n' })).stderr).toContain('line break');
    expect((await home.run(['create', 'WITHOUT_BREAK'], { input: 'x' })).stderr).toBe('');
  });

  it('refuses an empty value, which is what an unset variable sends', async () => {
    const { code, stderr } = await home.run(['create', 'EMPTY'], { input: '' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('empty')]);
  });

  it('warns of a name that no process gets, and stores it', async () => {
    const { code, stderr } = await home.run(['create', 'LD_PRELOAD'], { input: 'x' });
    expect(code).toBe(0);
    expect(stderr).not.toBe('');
  });

  it.each([
    [['create', 'NAME', CANARY]],
    [['create', 'NAME', `--value=${CANARY}`]],
    [['create', 'NAME', '--value', CANARY]],
    [['create', `-p${CANARY}`]],
    [['ls', CANARY]],
    [['audit', CANARY]],
    [[CANARY]],
    [['create']],
    [['rm']],
    [['setup']],
    [['setup', '--keychain', '--passphrase']],
    [['audit', '--limit', CANARY]],
    [['serve', '--port', CANARY]],
    [['serve', '--value-encoding', CANARY]],
  ])('refuses %j as a mistake (exit code 2) and repeats nothing of it', async (args) => {
    const { code, stdout, stderr } = await home.run(args, { input: 'x' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^datalayer-secrets: .*\.\n/);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  it('refuses a value that is too large or no text, and stores nothing', async () => {
    const large = await home.run(['create', 'LARGE', '--json'], { input: 'x'.repeat(65_537) });
    expect([large.code, JSON.parse(large.stdout)]).toEqual([1, expect.objectContaining({ code: 'too_large' })]);
    const binary = await home.run(['create', 'BINARY'], { input: Buffer.from([0xff, 0xfe]) });
    expect(binary.code).toBe(1);
    const names = JSON.parse((await home.run(['ls', '--json'])).stdout) as { name: string }[];
    expect(names.map(({ name }) => name)).not.toEqual(expect.arrayContaining(['LARGE', 'BINARY']));
  });

  it('gives a secret a new value under its name, from standard input, byte by byte', async () => {
    const made = await home.run(['create', 'TO_REPLACE', '--type', 'token', '--description', 'd', '--json'], {
      input: 'old',
    });
    const replaced = await home.run(['replace', 'TO_REPLACE', '--json'], { input: `${CANARY}\r\n` });
    expect([replaced.code, JSON.parse(replaced.stdout)]).toEqual([
      0,
      expect.objectContaining({ name: 'TO_REPLACE', type: 'token', description: 'd' }),
    ]);
    expect(replaced.stdout + replaced.stderr).not.toContain(CANARY);
    const { uid } = JSON.parse(replaced.stdout) as { uid: string };
    expect(uid).not.toBe((JSON.parse(made.stdout) as { uid: string }).uid);
    const secrets = (await home.client()).secrets('local');
    expect((await secrets.reveal(uid)).expose()).toBe(`${CANARY}\r\n`);
    const byUid = await home.run(['replace', uid], { input: 'by uid' });
    expect(byUid.stdout).toMatch(/^Replaced the value of TO_REPLACE \([0-9A-Z]{26}\)\.\n$/);
    const events = JSON.parse((await home.run(['audit', '--json'])).stdout) as { action: string }[];
    expect(events.filter(({ action }) => action === 'replace')).toHaveLength(2);
  });

  it('replaces nothing where there is no value, too much of one, or no such secret', async () => {
    await home.run(['create', 'STAYS'], { input: 'stays' });
    expect(await home.run(['replace', 'STAYS'], { input: '' })).toMatchObject({ code: 2, stdout: '' });
    expect(await home.run(['replace', 'STAYS', CANARY])).toMatchObject({ code: 2, stdout: '' });
    expect(await home.run(['replace', 'STAYS'], { input: 'x'.repeat(65_537) })).toMatchObject({ code: 1, stdout: '' });
    const missing = await home.run(['replace', 'NOT_THERE'], { input: 'x' });
    expect([missing.code, missing.stdout, missing.stderr]).toEqual([
      1,
      '',
      expect.stringContaining('datalayer-secrets ls'),
    ]);
    const client = (await home.client()).secrets('local');
    const kept = (await client.list()).find(({ name }) => name === 'STAYS');
    expect((await client.reveal(kept ?? '')).expose()).toBe('stays');
  });

  it('deletes by name or UID, and says what is not there', async () => {
    const made = JSON.parse((await home.run(['create', 'TO_DELETE', '--json'], { input: 'x' })).stdout) as {
      uid: string;
    };
    expect(await home.run(['rm', made.uid])).toMatchObject({ code: 2, stdout: '' }); // nobody to ask
    expect((await home.run(['rm', made.uid, '--yes'])).stdout).toBe('Deleted TO_DELETE.\n');
    await home.run(['create', 'TO_DELETE'], { input: 'x' });
    expect((await home.run(['rm', 'TO_DELETE', '--yes'])).code).toBe(0);
    const missing = await home.run(['rm', 'TO_DELETE', '--yes']);
    expect([missing.code, missing.stdout]).toEqual([1, '']);
    expect(missing.stderr).not.toBe('');
  });

  it('shows what a stranger put into a description without giving it the terminal', async () => {
    await home.run(['create', 'ODD', '--description', 'one\ntwo\u202etxet'], { input: 'x' });
    const { stdout } = await home.run(['ls']);
    expect(stdout).toContain('one·two·txet');
  });

  it('shows and verifies the audit trail', async () => {
    const { stdout } = await home.run(['audit', '--limit', '2', '--json']);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ action: 'list', label: 'command line' }),
      expect.anything(),
    ]);
    expect(await home.run(['audit', 'verify'])).toMatchObject({ code: 0, stdout: 'The audit trail is whole.\n' });
    expect((await home.run(['audit'])).stdout).toContain('OUTCOME');
  });

  it('locks, says what to type next, and unlocks', async () => {
    expect((await home.run(['lock'])).stdout).toBe('The local vault is locked.\n');
    const { code, stderr } = await home.run(['ls']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('datalayer-secrets unlock')]);
    expect((await home.run(['unlock'])).code).toBe(0);
    expect((await home.run(['ls'])).code).toBe(0);
  });

  it('tells the state, for people and for programs', async () => {
    expect(JSON.parse((await home.run(['status', '--json'])).stdout)).toMatchObject({
      state: 'open',
      openedBy: 'file',
      vaults: [{ id: 'local' }],
    });
    expect((await home.run(['status'])).stdout).toContain('open, opened by file');
  });

  it('helps', async () => {
    const overview = await home.run(['--help']);
    expect(overview.code).toBe(0);
    for (const [, name] of overview.stdout.matchAll(/^ {2}(\w+) {2,}/gm)) {
      const { code, stdout } = await home.run([name ?? '', '--help']);
      expect([name, code, stdout]).toEqual([
        name,
        0,
        expect.stringMatching(new RegExp(`^Usage: datalayer-secrets ${name ?? ''} `)),
      ]);
    }
    expect((await home.run(['--version'])).stdout).toBe('0.1.0\n');
  });

  it('stops, and then nothing runs', async () => {
    expect((await home.run(['stop'])).code).toBe(0);
    expect(JSON.parse((await home.run(['status', '--json'])).stdout)).toEqual({ state: 'none' });
    expect((await home.run(['lock'])).code).toBe(0);
    expect((await home.run(['stop'])).code).toBe(0);
  });
});

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  const home = new Home();
  afterAll(() => home.dispose());

  const type = (args: readonly string[], answers: readonly (readonly [question: string, keys: string])[]) =>
    onTerminal(home, args, answers);

  it('asks for a passphrase and a value without showing them', async () => {
    const setup = await type(
      ['setup', '--passphrase'],
      [
        ['New passphrase:', `${CANARY}\r`],
        ['Again:', `${CANARY}\r`],
      ],
    );
    expect(setup).toEqual({ code: 0, screen: expect.stringContaining('set up and open') as string });
    const created = await type(['create', 'TYPED'], [['Value of TYPED:', `${CANARY}-old\r`]]);
    expect(created.code).toBe(0);
    expect(setup.screen + created.screen).not.toContain(CANARY);
    const again = await type(['replace', 'TYPED'], [['New value of TYPED:', `${CANARY}\r`]]);
    expect(again).toEqual({ code: 0, screen: expect.not.stringContaining(CANARY) as string });
    const client = await home.client();
    const [secret] = await client.secrets('local').list();
    expect((await client.secrets('local').reveal(secret ?? '')).expose()).toBe(CANARY);
  });

  it('takes a pasted key with its line breaks', async () => {
    const pasted = '\x1b[200~-----BEGIN-----\rAAAA\r-----END-----\r\x1b[201~\r';
    expect((await type(['create', 'PASTED'], [['Value of PASTED:', pasted]])).code).toBe(0);
    const client = await home.client();
    const secret = (await client.secrets('local').list()).find(({ name }) => name === 'PASTED');
    expect((await client.secrets('local').reveal(secret ?? '')).expose()).toBe(
      '-----BEGIN-----\nAAAA\n-----END-----\n',
    );
  });

  it('asks before it deletes, and stores nothing after Ctrl-C', async () => {
    expect((await type(['rm', 'PASTED'], [['[y/N]', 'n\r']])).code).toBe(1);
    expect((await type(['create', 'GIVEN_UP'], [['Value of GIVEN_UP:', 'abc\x03']])).code).toBe(1);
    const names = (await (await home.client()).secrets('local').list()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['PASTED']));
    expect(names).not.toContain('GIVEN_UP');
    expect((await type(['rm', 'PASTED'], [['[y/N]', 'y\r']])).screen).toContain('Deleted PASTED.');
  });

  it('prints no token', async () => {
    const { screen } = await type(['ensure', '--label', 'L', '--scope', 'full'], []);
    expect(screen).toContain('"origin"');
    expect(screen).not.toContain('token');
  });
});

describe('exit codes', () => {
  const home = new Home();
  afterAll(() => home.dispose());

  it('78 where the key is at fault, 1 where the vault is not there yet', async () => {
    expect((await home.run(['ls'])).code).toBe(1);
    expect((await home.run(['setup', '--keychain'])).code).toBe(78); // no desktop session in this environment
    expect((await home.run(['setup', '--passphrase'], { input: 'right\n' })).code).toBe(0);
    await home.run(['lock']);
    const wrong = await home.run(['unlock', '--passphrase', '--json'], { input: `${CANARY}\n` });
    expect([wrong.code, JSON.parse(wrong.stdout)]).toEqual([78, expect.objectContaining({ code: 'wrong_passphrase' })]);
    expect(wrong.stdout + wrong.stderr).not.toContain(CANARY);
    expect((await home.run(['unlock'], { input: 'right\n' })).code).toBe(0);
  });
});

describe('serve', () => {
  const home = new Home();
  afterAll(() => home.dispose());
  const key = join(home.folder, 'serve.key');

  it('makes key and vault, prints one line when it can answer, and ends on SIGTERM', async () => {
    const child = home.spawn(['serve', '--port', '0', '--key-file', key]);
    const output = outputOf(child);
    const { url, token } = JSON.parse(await firstLine(child)) as { url: string; token: string };
    const response = await fetch(`${url}/api/iam/v1/secrets`, { headers: { authorization: `Bearer ${token}` } });
    expect(await response.json()).toMatchObject({ success: true, secrets: [] });
    expect(existsSync(key)).toBe(true);
    child.kill('SIGTERM');
    expect(await output).toMatchObject({ code: 0, stderr: '' });
  });

  it('opens what is there, on the same port as before', async () => {
    const start = async () => {
      const child = home.spawn(['serve', '--key-file', key, '--value-encoding', 'base64']);
      const line = JSON.parse(await firstLine(child)) as { url: string; token: string };
      return {
        ...line,
        end: () =>
          outputOf(child).then(
            () => undefined,
            () => undefined,
          ),
        child,
      };
    };
    const first = await start();
    first.child.kill('SIGINT');
    await first.end();
    const second = await start();
    expect(second.url).toBe(first.url);
    const again = await home.run(['serve', '--key-file', key]);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(await home.running()).toMatchObject({ origin: second.url });
    second.child.kill('SIGTERM');
    await second.end();
  });

  it('without a key file and a terminal answers with the vault new or locked', async () => {
    const other = new Home();
    const child = other.spawn(['serve']);
    const { url, token } = JSON.parse(await firstLine(child)) as { url: string; token: string };
    const response = await fetch(`${url}/api/iam/v1/secrets`, { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, await response.json()]).toEqual([423, expect.objectContaining({ code: 'setup_needed' })]);
    child.kill('SIGTERM');
    await outputOf(child);
    other.dispose();
  });

  it('with a key file of another vault says so and serves nothing', async () => {
    const other = new Home();
    const { code, stdout } = await other.run(['setup', '--key-file', join(other.folder, 'other.key')]);
    expect([code, stdout]).toEqual([0, 'The local vault is set up and open.\n']);
    await other.run(['stop']);
    const refused = await other.run(['serve', '--key-file', key]);
    expect(refused).toMatchObject({
      code: 78,
      stdout: '',
      stderr: expect.stringContaining('not the key file') as string,
    });
    other.dispose();
  });
});

describe('the launcher', () => {
  const launcher = resolve(import.meta.dirname, '../../../server/bin/datalayer-secrets.cjs');
  const built = existsSync(resolve(import.meta.dirname, '../../../server/dist/service.cjs'));
  const oldNode = '/usr/bin/node';

  it.skipIf(!built)('runs the built program with this Node', async () => {
    const home = new Home();
    expect(await home.run(['--version'], { program: [process.execPath, launcher] })).toMatchObject({
      code: 0,
      stdout: '0.1.0\n',
    });
    home.dispose();
  });

  it.skipIf(!built || !existsSync(oldNode))('finds a newer Node beside it when started with an old one', async () => {
    const home = new Home();
    const answer = await home.run(['ensure', '--label', 'L', '--scope', 'full', '--no-start'], {
      program: [oldNode, launcher],
    });
    expect(answer).toEqual({ code: 0, stdout: '{"state":"none","used":false,"quiet":false}\n', stderr: '' });
    expect((await home.run(['bogus'], { program: [oldNode, launcher] })).code).toBe(2);
    home.dispose();
  });
});

it('the program is one file with the keychain library beside it', () => {
  expect(existsSync(PROGRAM)).toBe(true);
  expect(existsSync(join(PROGRAM, '..', 'keyring.node'))).toBe(true);
});
