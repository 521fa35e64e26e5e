import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPlaces, prepareHome } from '../../../../server/src/service/places.ts';
import { readPrivateJson, writePrivate } from '../../../../server/src/service/private-file.ts';
import { lastPort, readRunFile, retireRunFile, writeRunFile } from '../../../../server/src/service/run-file.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'places-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));
const places = () => findPlaces({ DATALAYER_SECRETS_HOME: join(root, 'home') }, 'host');
const refused = expect.objectContaining({ kind: 'bad_permissions' }) as Error;

describe('places', () => {
  it('lie in the real home, or where the variable says', () => {
    expect(findPlaces({}, 'h').home).toBe(join(homedir(), '.datalayer', 'secrets'));
    expect(findPlaces({ DATALAYER_SECRETS_HOME: '/x/y' }, 'h').home).toBe('/x/y');
  });

  it('keep a host name inside the folder of run files', () => {
    expect(findPlaces({ DATALAYER_SECRETS_HOME: '/x' }, '../../etc/passwd').runFile).toBe(
      '/x/run/.._.._etc_passwd.json',
    );
  });

  it('are made for their owner alone, whatever the umask', () => {
    const before = process.umask(0);
    try {
      prepareHome(places());
      writePrivate(places().lockOwner, '{}');
      expect(statSync(places().home).mode & 0o777).toBe(0o700);
      expect(statSync(join(places().home, 'run')).mode & 0o777).toBe(0o700);
      expect(statSync(places().lockOwner).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it('are refused when others can enter the folder or read a file in it', () => {
    mkdirSync(places().home, { mode: 0o755 });
    expect(() => prepareHome(places())).toThrow(refused);
    chmodSync(places().home, 0o700);
    writeFileSync(places().vaultJson, '{}', { mode: 0o644 });
    expect(() => prepareHome(places())).toThrow(refused);
    chmodSync(places().vaultJson, 0o600);
    prepareHome(places());
  });

  it('are refused when another user owns them', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a file away');
    const { chownSync } = await import('node:fs');
    prepareHome(places());
    chownSync(places().home, 12345, 12345);
    expect(() => prepareHome(places())).toThrow(refused);
  });

  it('may be a link to a private folder, but no file in them may be a link', () => {
    mkdirSync(join(root, 'disk'), { mode: 0o700 });
    symlinkSync(join(root, 'disk'), places().home);
    prepareHome(places());
    writeFileSync(join(root, 'elsewhere'), '{}', { mode: 0o600 });
    symlinkSync(join(root, 'elsewhere'), places().lockOwner);
    expect(() => readPrivateJson(places().lockOwner)).toThrow(refused);
  });
});

describe('the run file', () => {
  const file = { pid: 1, port: 4711, version: '1.0.0', protocol: 1, startedAt: 'now', secret: 's'.repeat(43) };

  it('is read back as written, and leaves only the port behind', () => {
    prepareHome(places());
    writeRunFile(places(), file);
    expect(readRunFile(places())).toEqual(file);
    retireRunFile(places(), file.secret);
    expect(readRunFile(places())).toBeNull();
    expect(lastPort(places())).toBe(4711);
  });

  it('of a successor is left alone', () => {
    prepareHome(places());
    writeRunFile(places(), { ...file, secret: 'n'.repeat(43) });
    retireRunFile(places(), file.secret);
    expect(readRunFile(places())?.secret).toBe('n'.repeat(43));
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"port":"x"}',
    '{"pid":1,"port":70000,"version":"1","protocol":1,"secret":"short"}',
  ])('counts as absent when it holds %j', (text) => {
    prepareHome(places());
    writePrivate(places().runFile, text);
    expect(readRunFile(places())).toBeNull();
    expect(lastPort(places())).toBe(0);
  });
});
