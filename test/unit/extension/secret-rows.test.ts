import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../fixtures/cpu-time.ts';
import type { Secret, VaultView } from '@datalayer-secrets/shared';
import { Recents } from '../../../extension/src/input/recents.ts';
import { SecretRows } from '../../../extension/src/input/secret-rows.ts';

const secret = (name: string, description = ''): Secret => ({
  uid: `uid-${name}`,
  name,
  description,
  type: 'generic',
  kwargs: {},
});

function vault(id: string, secrets: readonly Secret[], deleting: readonly string[] = []): VaultView {
  return {
    info: {
      id,
      kind: 'local',
      label: id,
      origin: null,
      state: 'open',
      account: null,
      tokenPlace: null,
      failure: null,
      revision: 1,
    },
    list: { kind: 'ready', secrets, at: 0 },
    creating: [],
    deleting: new Set(deleting),
  };
}

const names = (rows: readonly { secret: Secret }[]) => rows.map((row) => row.secret.name);

describe('secrets to pick from', () => {
  it('come by name, from all vaults that have a list, less those being deleted', () => {
    const locked: VaultView = { ...vault('locked', []), list: { kind: 'locked' } };
    const rows = new SecretRows([
      vault('local', [secret('b'), secret('C'), secret('gone')], ['uid-gone']),
      locked,
      vault('team', [secret('A')]),
    ]);
    expect(names(rows.find('', new Recents()).rows)).toEqual(['A', 'b', 'C']);
    expect(rows.find('', new Recents()).rows[0]?.vaultId).toBe('team');
  });

  it('used lately come first, newest first, and not twice', () => {
    const rows = new SecretRows([
      vault(
        'local',
        ['a', 'b', 'c'].map((name) => secret(name)),
      ),
    ]);
    const recents = new Recents();
    for (const name of ['b', 'c', 'b']) recents.touch({ vaultId: 'local', secret: secret(name) });
    recents.touch({ vaultId: 'local', secret: secret('deleted meanwhile') });
    const found = rows.find('', recents);
    expect(names(found.recent)).toEqual(['b', 'c']);
    expect(names(found.rows)).toEqual(['a']);
  });

  it('of the same uid in another vault are not mistaken for a used one', () => {
    const rows = new SecretRows([vault('local', [secret('a')]), vault('team', [secret('a')])]);
    const recents = new Recents();
    recents.touch({ vaultId: 'team', secret: secret('a') });
    const found = rows.find('', recents);
    expect(found.recent.map(({ vaultId }) => vaultId)).toEqual(['team']);
    expect(found.rows.map(({ vaultId }) => vaultId)).toEqual(['local']);
  });

  it('are found by name and description, the better match first', () => {
    const rows = new SecretRows([
      vault('local', [secret('BACKUP', 'of the database'), secret('DATABASE_URL'), secret('OTHER')]),
    ]);
    expect(names(rows.find('database', new Recents()).rows)).toEqual(['DATABASE_URL', 'BACKUP']);
  });

  it('are 10,000 without anybody waiting: 200 are shown, and that there are more is said', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => secret(`NAME_${String(index)}`, 'one of many'));
    const find = () => {
      const rows = new SecretRows([vault('local', many)]);
      return [rows.find('', new Recents()), rows.find('name_99', new Recents())] as const;
    };
    expect(cpuMs(find)).toBeLessThan(1_000);
    const [all, some] = find();
    expect(all.rows).toHaveLength(200);
    expect(all.more).toBe(9_800);
    expect(some.rows[0]?.secret.name).toBe('NAME_99');
  });
});

it('a window remembers ten used secrets, no more', () => {
  const recents = new Recents();
  const refs = Array.from({ length: 15 }, (_, index) => ({ vaultId: 'local', secret: secret(String(index)) }));
  for (const ref of refs) recents.touch(ref);
  expect(names(recents.among(refs))).toEqual(['14', '13', '12', '11', '10', '9', '8', '7', '6', '5']);
});
