import { describe, expect, it } from 'vitest';

import {
  age,
  ago,
  damage,
  inEnglish,
  type Secret,
  secretDescription,
  secretSpoken,
  type ServiceStatus,
  type Translate,
  vaultDescription,
  type VaultInfo,
} from '@datalayer-secrets/shared';

const t: Translate = (template, values = {}) => inEnglish(template, values);
const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const secret = (changes: Partial<Secret> = {}): Secret => ({
  uid: '01ABC',
  name: 'OPENAI_API_KEY',
  description: 'for the demo',
  type: 'key',
  kwargs: { creation_ts_dt: '2026-02-26T12:00:00Z', last_update_ts_dt: '2026-02-26T12:00:00Z' },
  ...changes,
});

describe('ages', () => {
  it('have one unit and are rounded down', () => {
    const told = [0, 59_999, MINUTE, 59 * MINUTE, 61 * MINUTE, 25 * 60 * MINUTE, 59 * DAY, 70 * DAY, 800 * DAY];
    expect(told.map((past) => age(t, NOW - past, NOW))).toEqual([
      'now', 'now', '1 min', '59 min', '1 h', '1 d', '59 d', '2 months', '2 years',
    ]); // prettier-ignore
  });

  it('of a clock that runs ahead are "now"', () => {
    expect(age(t, NOW + DAY, NOW)).toBe('now');
    expect(ago(t, NOW + DAY, NOW)).toBe('just now');
  });
});

describe('a secret', () => {
  it('shows its age before its description', () => {
    expect(secretDescription(t, secret(), NOW)).toBe('3 d  for the demo');
    expect(secretDescription(t, secret({ kwargs: {}, description: '' }), NOW)).toBe('');
  });

  it('is spoken with name, type, age and description', () => {
    const spoken = (at: number): string => secretSpoken(t, secret(), at, 'en');
    expect(spoken(NOW)).toBe('OPENAI_API_KEY, Key, created 3 days ago, for the demo');
    expect(spoken(NOW - 2 * DAY)).toContain('created 1 day ago');
    expect(spoken(NOW - 3 * DAY)).toContain('created just now');
    expect(secretSpoken(t, secret(), NOW + 900 * DAY, 'de')).toContain('vor 2 Jahren');
  });
});

const status = (changes: Partial<ServiceStatus> = {}): ServiceStatus => ({
  version: '0.1.0',
  protocol: 1,
  host: 'myhost',
  pid: 1,
  state: 'open',
  slots: ['keychain'],
  openedBy: 'keychain',
  keychain: 'available',
  quietUnlock: true,
  ...changes,
});
const remote = (changes: Partial<VaultInfo> = {}): VaultInfo => ({
  id: 'datalayer',
  kind: 'datalayer',
  label: 'Datalayer',
  origin: 'https://prod1.datalayer.run',
  state: 'ready',
  account: { uid: 'u', handle: 'ada', email: null },
  tokenPlace: 'own-entry',
  failure: null,
  revision: 1,
  ...changes,
});
const local = remote({
  id: 'local',
  kind: 'local',
  label: 'Local vault',
  origin: null,
  state: 'open',
  account: null,
  tokenPlace: null,
});

describe('a vault', () => {
  it('says on which machine it is, and that a key file opened it', () => {
    expect(vaultDescription(t, local, status())).toBe('on myhost');
    expect(vaultDescription(t, local, status({ openedBy: 'file' }))).toBe('on myhost, opened by key file');
    expect(vaultDescription(t, local, status({ state: 'locked', openedBy: null }))).toBe('on myhost, locked');
    const noKeyOpensIt = { ...local, state: 'failed', failure: 'vault_incomplete' } as const;
    expect(vaultDescription(t, noKeyOpensIt, status({ state: 'locked', openedBy: null }))).toBe('on myhost');
  });

  it('says whose it is and whether the sign-in is remembered', () => {
    expect(vaultDescription(t, remote(), status())).toBe('@ada, remembered in the keychain');
    expect(vaultDescription(t, remote({ tokenPlace: 'nowhere' }), status())).toBe('@ada, sign-in not remembered');
    expect(vaultDescription(t, remote({ tokenPlace: 'environment' }), status())).toBe(
      '@ada, by DATALAYER_API_KEY, not remembered',
    );
  });

  it('says how many secrets are damaged and not listed, and what to do', () => {
    expect(damage(t, 1)).toBe(
      '1 secret cannot be read: it was changed from outside. It is not listed. Run “datalayer-secrets audit verify” to see where, and restore the vault from a copy.',
    );
    expect(damage(t, 3)).toContain('3 secrets cannot be read: they were');
  });

  it('says that uses are not recorded while the local vault is not open', () => {
    expect(vaultDescription(t, remote(), status({ state: 'new' }))).toContain('uses not recorded here');
  });
});
