import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VaultsJson, type VaultsContent } from '../../../../server/src/remote/vaults-file.ts';

const CONTENT: VaultsContent = {
  vaults: [
    {
      id: 'datalayer',
      kind: 'datalayer',
      origin: 'https://prod1.datalayer.run',
      label: 'Datalayer',
      account: { uid: 'u1', handle: 'ada' },
      tokenPlace: 'own-entry',
      quiet: ['/usr/bin/node'],
    },
  ],
  forgotten: ['https://example.org'],
};

describe('vaults.json', () => {
  let home: string;
  let path: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'vaults-'));
    path = join(home, 'vaults.json');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('gives back what was written, in a file for its owner alone, with nothing beside it', () => {
    new VaultsJson(home).write(CONTENT);
    expect(new VaultsJson(home).read()).toEqual({ content: CONTENT, problem: null });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(home)).toEqual(['vaults.json']);
  });

  it('is empty where it is missing', () => {
    expect(new VaultsJson(home).read()).toEqual({ content: { vaults: [], forgotten: [] }, problem: null });
  });

  it.each(['{"format":1,"vaults":[{', '[]', '{"format":1,"vaults":[{"id":"../x"}],"forgotten":[]}'])(
    'that cannot be read (%s) counts as empty and is reported',
    (text) => {
      writeFileSync(path, text, { mode: 0o600 });
      expect(new VaultsJson(home).read()).toEqual({ content: { vaults: [], forgotten: [] }, problem: 'unreadable' });
    },
  );

  it('of a newer format is left untouched: nothing is known, and writing is refused', () => {
    const text = '{"format":2,"vaults":{"other":"shape"}}';
    writeFileSync(path, text, { mode: 0o600 });
    const file = new VaultsJson(home);
    expect(file.read().problem).toBe('newer');
    expect(() => file.write(CONTENT)).toThrow(expect.objectContaining({ kind: 'newer_vault' }));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.skipIf(process.platform === 'win32')('that others can read is refused', () => {
    writeFileSync(path, '{}', { mode: 0o644 });
    expect(() => new VaultsJson(home).read()).toThrow(expect.objectContaining({ kind: 'bad_permissions' }));
  });
});
