import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../fixtures/cpu-time.ts';

import {
  explain,
  inEnglish,
  type ModelState,
  type Secret,
  type SecretList,
  SecretsError,
  type ServiceStatus,
  type Translate,
  type VaultInfo,
  type VaultView,
  viewMessage,
  viewState,
} from '@datalayer-secrets/shared';
import { Nodes, type GroupNode, type Node } from '../../../extension/src/views/nodes.ts';
import { viewTitle } from '../../../extension/src/views/title.ts';

const t: Translate = (template, values = {}) => inEnglish(template, values);
const offline = new SecretsError('offline', 'Offline.');

const status: ServiceStatus = {
  version: '0.1.0',
  protocol: 1,
  host: 'myhost',
  pid: 1,
  state: 'open',
  slots: ['keychain'],
  openedBy: 'keychain',
  keychain: 'available',
  quietUnlock: true,
};
const info = (id: string, changes: Partial<VaultInfo> = {}): VaultInfo => ({
  id,
  kind: id === 'local' ? 'local' : 'datalayer',
  label: id === 'local' ? 'Local vault' : 'Datalayer',
  origin: null,
  state: id === 'local' ? 'open' : 'ready',
  account: id === 'local' ? null : { uid: 'u', handle: 'ada', email: null },
  tokenPlace: id === 'local' ? null : 'own-entry',
  failure: null,
  revision: 1,
  ...changes,
});
const secret = (name: string, type = 'key', uid = name): Secret => ({ uid, name, description: '', type, kwargs: {} });
const listed = (...secrets: Secret[]): SecretList => ({ kind: 'ready', secrets, at: 0 });
const vault = (id: string, list: SecretList, changes: Partial<VaultView> = {}): VaultView => ({
  info: info(id),
  list,
  creating: [],
  deleting: new Set(),
  ...changes,
});
const ready = (...vaults: VaultView[]): ModelState => ({
  service: { kind: 'ready', status },
  vaults,
  offers: [],
  typeFilter: null,
});
const kind = (state: ModelState): string => viewState(state, 'used').kind;

describe('what the view shows', () => {
  const none: ModelState = { ...ready(), service: { kind: 'none' } };

  it('is nothing before anything is known, the first run where nothing was used, and a way in where something was', () => {
    expect(viewState(none, 'unknown').kind).toBe('unknown');
    expect(viewState(none, 'unused').kind).toBe('first');
    expect(viewState(none, 'used').kind).toBe('closed');
  });

  it('is the state of the only vault', () => {
    expect(kind(ready(vault('local', { kind: 'setup-needed' })))).toBe('first');
    expect(kind(ready(vault('local', { kind: 'locked' })))).toBe('locked');
    expect(kind(ready(vault('local', { kind: 'loading' })))).toBe('loading');
    expect(kind(ready(vault('local', { kind: 'failed', error: offline })))).toBe('failed');
    expect(kind(ready(vault('local', listed())))).toBe('empty');
    expect(kind(ready(vault('local', listed(secret('A')))))).toBe('list');
    expect(kind(ready(vault('datalayer', { kind: 'signed-out', error: null })))).toBe('signedOut');
    expect(kind(ready(vault('datalayer', { kind: 'signed-out', error: offline })))).toBe('failed');
  });

  it('keeps a list that grew old, with its age, when the service fails', () => {
    const stale = vault('local', { kind: 'stale', secrets: [secret('A')], at: 0, error: offline });
    const state: ModelState = { ...ready(stale), service: { kind: 'failed', error: offline } };
    expect(kind(state)).toBe('list');
    expect(viewMessage(t, state, null, 180_000)).toBe(
      `${explain(offline).what} The list of “Local vault” was loaded 3 min ago.`,
    );
    expect(kind({ ...state, vaults: [] })).toBe('failed');
  });

  it('says that a filter is why nothing is there', () => {
    expect(kind({ ...ready(vault('local', listed(secret('A', 'key')))), typeFilter: 'token' })).toBe('noMatch');
    expect(viewMessage(t, ready(vault('local', listed())), 'Tokens', 0)).toBe(
      'Local vault on myhost. Only Tokens are shown.',
    );
  });

  it('leaves out a local vault that nobody set up where there is another', () => {
    const state = ready(
      vault('local', { kind: 'setup-needed' }, { info: info('local', { state: 'new' }) }),
      vault('datalayer', listed(secret('A'))),
    );
    expect(kind(state)).toBe('list');
    expect(viewMessage(t, state, null, 0)).toContain('Datalayer @ada');
  });

  it('names vault and machine in its title where no sentence above the rows does', () => {
    const title = (state: ModelState): string => viewTitle(t, state, viewState(state, 'used'));
    expect(title(ready(vault('local', listed())))).toBe('myhost');
    expect(title(ready(vault('local', { kind: 'locked' })))).toBe('myhost');
    expect(title(ready(vault('datalayer', listed())))).toBe('Datalayer @ada');
    expect(title(ready(vault('local', listed(secret('A')))))).toBe('Datalayer Secrets');
    expect(title(ready(vault('local', listed()), vault('datalayer', listed())))).toBe('Datalayer Secrets');
    expect(title(none)).toBe('Datalayer Secrets');
  });

  it('says above the rows which vault it is, on which machine, and what to know of it', () => {
    const byFile: ModelState = {
      ...ready(vault('local', listed(secret('A')))),
      service: { kind: 'ready', status: { ...status, openedBy: 'file' } },
    };
    expect(viewMessage(t, byFile, null, 0)).toBe('Local vault on myhost, opened by key file.');
    expect(viewMessage(t, ready(vault('datalayer', listed(secret('A')))), null, 0)).toBe(
      'Datalayer @ada, remembered in the keychain; the service runs on myhost.',
    );
  });
});

describe('damaged secrets', () => {
  const damaged = (...secrets: Secret[]) =>
    ready(vault('local', listed(...secrets), { info: info('local', { damaged: 2 }) }));

  it('are told above the rows, and where they were all there was, too: then the vault is not called empty', () => {
    for (const state of [damaged(secret('A')), damaged()]) {
      expect(kind(state)).toBe('list');
      expect(viewMessage(t, state, null, 0)).toContain('2 secrets cannot be read');
    }
  });
});

/** Updates and tells what is drawn anew. */
function draw(nodes: Nodes, state: ModelState): 'all' | string[] {
  const changed = nodes.update(state, viewState(state, 'used'), ['retry']);
  return changed === 'all' ? 'all' : changed.map(({ id }) => id);
}
const ids = (nodes: readonly Node[]): string[] => nodes.map(({ id }) => id);

describe('the rows', () => {
  it('of one vault are types, then secrets', () => {
    const nodes = new Nodes();
    expect(
      draw(nodes, ready(vault('local', listed(secret('A', 'token'), secret('B', 'password'), secret('C', 'token'))))),
    ).toBe('all');
    expect(ids(nodes.children())).toEqual(['local/password', 'local/token']);
    expect(ids(nodes.children(nodes.children()[1]))).toEqual(['local/token/A', 'local/token/C']);
  });

  it('of several vaults are the vaults first; one that is closed offers the way on', () => {
    const nodes = new Nodes();
    draw(
      nodes,
      ready(vault('local', { kind: 'locked' }), vault('datalayer', listed(secret('A'))), vault('r-1', listed())),
    );
    const roots = nodes.children();
    expect(ids(roots)).toEqual(['vault/local', 'vault/datalayer', 'vault/r-1']);
    expect(roots.map((root) => ids(nodes.children(root)))).toEqual([
      ['vault/local/locked'],
      ['datalayer/key'],
      ['vault/r-1/empty'],
    ]);
  });

  it('are drawn anew only where something changed', () => {
    const nodes = new Nodes();
    const [a, b, c] = [secret('A', 'key'), secret('B', 'token'), secret('C', 'token')];
    draw(nodes, ready(vault('local', listed(a, b))));
    expect(draw(nodes, ready(vault('local', listed({ ...a }, { ...b }))))).toEqual([]);
    expect(draw(nodes, ready(vault('local', listed(a, b, c))))).toEqual(['local/token']);
    expect(draw(nodes, ready(vault('local', listed(a, b, c), { deleting: new Set(['A']) })))).toEqual(['local/key']);
    expect(draw(nodes, ready(vault('local', listed(b, c))))).toBe('all');
  });

  it('keep their objects, by which the editor knows them', () => {
    const nodes = new Nodes();
    const [a, b] = [secret('A'), secret('B')];
    draw(nodes, ready(vault('local', listed(a))));
    const group = nodes.children()[0] as GroupNode;
    const row = nodes.children(group)[0];
    draw(nodes, ready(vault('local', listed(a, b))));
    expect(nodes.children()[0]).toBe(group);
    expect(nodes.children(group)[0]).toBe(row);
    expect(nodes.parent(row as Node)).toBe(group);
    expect(nodes.find({ vaultId: 'local', secret: b })).toBe(nodes.children(group)[1]);
  });

  it('tell a secret on its way in from those that are stored, and count it not', () => {
    const nodes = new Nodes();
    draw(nodes, ready(vault('local', listed(), { creating: [{ name: 'NEW', type: 'key' }] })));
    const group = nodes.children()[0] as GroupNode;
    expect(group.secrets).toHaveLength(0);
    expect(nodes.children(group)).toMatchObject([{ kind: 'pending', name: 'NEW' }]);
  });

  it('of a failure are the ways on', () => {
    const nodes = new Nodes();
    draw(nodes, ready(vault('local', { kind: 'failed', error: offline })));
    expect(nodes.children()).toEqual([{ kind: 'action', id: 'action/retry', action: 'retry' }]);
  });

  it('of 10,000 secrets come in parts, and none is made before its part is opened', () => {
    const nodes = new Nodes();
    const many = Array.from({ length: 10_000 }, (_, index) => secret(`S${String(index).padStart(5, '0')}`));
    const open = () => {
      const group = nodes.children()[0] as GroupNode;
      return { group, parts: nodes.children(group) };
    };
    const spent = cpuMs(() => {
      draw(nodes, ready(vault('local', listed(...many))));
      open();
    });
    expect(spent).toBeLessThan(200);
    const { group, parts } = open();
    expect(parts).toHaveLength(40);
    expect(group.rows.size).toBe(0);
    const rows = nodes.children(parts[39]);
    expect(rows).toHaveLength(250);
    expect(group.rows.size).toBe(250);
    expect(nodes.parent(rows[0] as Node)?.id).toBe(parts[39]?.id);
  });
});
