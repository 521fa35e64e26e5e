import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findDefaultOrigin,
  HOSTED_ORIGIN,
  isLoopback,
  normaliseOrigin,
  vaultIdOf,
} from '../../../../server/src/remote/origin.ts';

describe('the address of a service', () => {
  it.each([
    ['https://prod1.datalayer.run/', 'https://prod1.datalayer.run'],
    ['https://prod1.datalayer.run/api/iam/v1', 'https://prod1.datalayer.run'],
    ['https://prod1.datalayer.run/api/iam/v1/', 'https://prod1.datalayer.run'],
    [' HTTPS://Prod1.Datalayer.run:443 ', 'https://prod1.datalayer.run'],
    ['https://example.org/iam//', 'https://example.org/iam'],
    ['http://127.0.0.1:4711', 'http://127.0.0.1:4711'],
    ['http://localhost:4711/vaults/x', 'http://localhost:4711/vaults/x'],
    ['http://[::1]:4711', 'http://[::1]:4711'],
  ])('%s is spelt %s', (text, spelt) => {
    expect(normaliseOrigin(text)).toBe(spelt);
  });

  it.each([
    'http://prod1.datalayer.run',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'ftp://example.org',
    'prod1.datalayer.run',
    '',
    'https://me:hunter2@example.org',
    'https://example.org/?token=hunter2',
    'https://example.org/#hunter2',
    'file:///etc/passwd',
  ])('%s is refused, and the refusal does not repeat it', (text) => {
    let refusal: unknown;
    try {
      normaliseOrigin(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ kind: 'invalid', details: { field: 'origin' } });
    expect(JSON.stringify([refusal, String(refusal)])).not.toContain('hunter2');
  });

  it('is of this machine only for names and addresses that never leave it', () => {
    expect(['localhost', 'a.localhost', '127.0.0.1', '127.1.2.3', '[::1]'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', '0.0.0.0', '128.0.0.1', 'localhost.org', '127.0.0.1.nip.io', '[::2]'].some(isLoopback)).toBe(
      false,
    );
  });

  it('gives the id: "datalayer" for the default one, else a short hash that the rule for ids allows', () => {
    expect(vaultIdOf(HOSTED_ORIGIN, HOSTED_ORIGIN)).toBe('datalayer');
    expect(vaultIdOf('https://example.org', HOSTED_ORIGIN)).toBe('r-50d7a905'); // sha256sum of the text
    expect(vaultIdOf(HOSTED_ORIGIN, 'https://example.org')).toMatch(/^r-[0-9a-f]{8}$/);
  });
});

describe('the default origin', () => {
  let folder: string;
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  const config = async (content: string) => {
    const file = join(folder, 'config.json');
    await writeFile(file, content);
    return file;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'origin-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is the hosted platform where nothing else is said', async () => {
    expect(await findDefaultOrigin({}, join(folder, 'absent.json'), log)).toBe('https://prod1.datalayer.run');
  });

  it('follows the configuration of the Datalayer CLI, and the environment before that', async () => {
    const file = await config('{"iam_url":"https://iam.example.org/","runtimes_url":"https://r.example.org"}');
    expect(await findDefaultOrigin({}, file, log)).toBe('https://iam.example.org');
    const environment = { DATALAYER_IAM_URL: 'https://env.example.org/api/iam/v1' };
    expect(await findDefaultOrigin(environment, file, log)).toBe('https://env.example.org');
  });

  it('passes over what is not usable, and reports it without repeating it', async () => {
    const file = await config('{"iam_url": 7}');
    logged.length = 0;
    expect(await findDefaultOrigin({ DATALAYER_IAM_URL: 'http://hunter2.example.org' }, file, log)).toBe(HOSTED_ORIGIN);
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toContain('hunter2');
    expect(await findDefaultOrigin({}, await config('not json'), log)).toBe(HOSTED_ORIGIN);
  });
});
