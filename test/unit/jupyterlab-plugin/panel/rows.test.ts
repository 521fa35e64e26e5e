import { describe, expect, it } from 'vitest';

import type { Secret, SecretList, VaultInfo, VaultView } from '@datalayer-secrets/shared';

import { Finder } from '../../../../jupyterlab-plugin/src/panel/finder.ts';
import { keepPlace, moveBy } from '../../../../jupyterlab-plugin/src/panel/moves.ts';
import { foundRows, listRows, refOf, type Row } from '../../../../jupyterlab-plugin/src/panel/rows.ts';
import { Stack } from '../../../../jupyterlab-plugin/src/panel/stack.ts';
import { cpuMs } from '../../../fixtures/cpu-time.ts';

const secret = (name: string, type = 'key', description = ''): Secret => ({
  uid: `uid-${name}`,
  name,
  description,
  type,
  kwargs: {},
});
const info = (id: string): VaultInfo => ({
  id,
  kind: id === 'local' ? 'local' : 'datalayer',
  label: id,
  origin: null,
  state: 'open',
  account: null,
  tokenPlace: null,
  failure: null,
  revision: 1,
});
const vault = (id: string, list: SecretList | Secret[], changes: Partial<VaultView> = {}): VaultView => ({
  info: info(id),
  list: Array.isArray(list) ? { kind: 'ready', secrets: list, at: 0 } : list,
  creating: [],
  deleting: new Set(),
  ...changes,
});
const rowsOf = (vaults: VaultView[], { typeFilter = null as string | null, closed = [] as string[] } = {}): Row[] =>
  listRows({ vaults, typeFilter, closed: new Set(closed) });
const ids = (rows: readonly Row[]): string[] => rows.map(({ id, level }) => `${' '.repeat(level - 1)}${id}`);

describe('the rows of one vault', () => {
  const one = vault('local', [secret('B'), secret('P', 'password'), secret('A')]);

  it('are its types, in the order they always have, and their secrets', () => {
    expect(ids(rowsOf([one]))).toEqual([
      'local/password',
      ' secret/local/uid-P',
      'local/key',
      ' secret/local/uid-B',
      ' secret/local/uid-A',
    ]);
  });

  it('of a closed type are not there, but counted', () => {
    const rows = rowsOf([one], { closed: ['local/key'] });
    expect(ids(rows)).toEqual(['local/password', ' secret/local/uid-P', 'local/key']);
    expect(rows[2]).toMatchObject({ open: false, count: 2 });
  });

  it('are those of the chosen type', () => {
    expect(ids(rowsOf([one], { typeFilter: 'password' }))).toEqual(['local/password', ' secret/local/uid-P']);
    expect(rowsOf([one], { typeFilter: 'token' })).toEqual([]);
  });

  it('tell screen readers where they are', () => {
    expect(rowsOf([one]).map(({ level, position, size }) => [level, position, size])).toEqual([
      [1, 1, 2],
      [2, 1, 1],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 2],
    ]);
  });

  it('show what is on its way apart from what is stored', () => {
    const rows = rowsOf([
      vault('local', [secret('A')], {
        creating: [{ name: 'NEW', type: 'token' }],
        deleting: new Set(['uid-A']),
      }),
    ]);
    expect(rows.map(({ kind }) => kind)).toEqual(['group', 'secret', 'group', 'pending']);
    expect(rows[3]).toMatchObject({ secret: { name: 'NEW' } });
    expect(rows[2]).toMatchObject({ type: 'token', count: 0 });
    expect(rows[1]).toMatchObject({ deleting: true });
    expect(rows.map(refOf)).toEqual([null, null, null, null]);
  });
});

describe('the rows of several vaults', () => {
  it('are the vaults, with their types below; one without rows says why', () => {
    const vaults = [vault('local', { kind: 'locked' }), vault('datalayer', [secret('A')]), vault('r-1', [])];
    expect(ids(rowsOf(vaults))).toEqual([
      'vault/local',
      ' vault/local/note',
      'vault/datalayer',
      ' datalayer/key',
      '  secret/datalayer/uid-A',
      'vault/r-1',
      ' vault/r-1/note',
    ]);
    expect(ids(rowsOf(vaults, { closed: ['vault/local', 'vault/datalayer', 'vault/r-1'] }))).toEqual([
      'vault/local',
      'vault/datalayer',
      'vault/r-1',
    ]);
  });
});

describe('a search', () => {
  const vaults = [vault('local', [secret('OPENAI_API_KEY'), secret('OTHER')]), vault('datalayer', [secret('API_KEY')])];
  const finder = new Finder(vaults);

  it('finds in all vaults, the best first', () => {
    const rows = foundRows(finder.find('api key'), vaults);
    expect(rows.map(({ vault: of, secret: { name }, level }) => [of, name, level])).toEqual([
      ['datalayer', 'API_KEY', 1],
      ['local', 'OPENAI_API_KEY', 1],
    ]);
    expect(rows[1]?.found?.matches[0]).toMatchObject({ field: 'name', ranges: [[7, 10], [11, 14]] }); // prettier-ignore
  });

  it('for nothing finds nothing', () => {
    expect(finder.find('  ')).toEqual([]);
    expect(finder.find('zzz')).toEqual([]);
  });
});

describe('keys', () => {
  // 0 password, 1 P, 2 key, 3 A, 4 B
  const rows = rowsOf([vault('local', [secret('P', 'password'), secret('A'), secret('B')])]);

  it.each([
    ['ArrowDown', 0, 1],
    ['ArrowDown', 4, 4],
    ['ArrowUp', 3, 2],
    ['ArrowUp', 0, 0],
    ['Home', 3, 0],
    ['End', 0, 4],
    ['PageDown', 0, 4],
    ['PageUp', 4, 0],
    ['ArrowLeft', 4, 2],
    ['ArrowLeft', 1, 0],
    ['ArrowRight', 2, 3],
  ])('%s goes from row %i to row %i', (key, from, to) => {
    expect(moveBy(key, rows, from)).toEqual({ to });
  });

  it('open and close what has rows below', () => {
    expect(moveBy('ArrowLeft', rows, 2)).toEqual({ toggle: 'local/key' });
    const closed = rowsOf([vault('local', [secret('A')])], { closed: ['local/key'] });
    expect(moveBy('ArrowRight', closed, 0)).toEqual({ toggle: 'local/key' });
    expect(moveBy('ArrowLeft', closed, 0)).toEqual({ to: 0 });
  });

  it('that do not move do nothing', () => {
    expect(moveBy('ArrowRight', rows, 1)).toBeNull();
    expect(moveBy('a', rows, 1)).toBeNull();
    expect(moveBy('ArrowDown', [], -1)).toBeNull();
  });

  it('have their effect where the focus was: when its row goes, the next one has it', () => {
    expect(keepPlace(rows, 'secret/local/uid-A', 0)).toBe(3);
    expect(keepPlace(rows, 'gone', 3)).toBe(3);
    expect(keepPlace(rows, 'gone', 99)).toBe(4);
    expect(keepPlace([], 'gone', 3)).toBe(-1);
  });
});

describe('rows of known heights', () => {
  const stack = new Stack([28, 44, 28, 28]);

  it('lie one under the other', () => {
    expect([0, 1, 2, 3].map((index) => [stack.top(index), stack.heightOf(index)])).toEqual([
      [0, 28],
      [28, 44],
      [72, 28],
      [100, 28],
    ]);
    expect(stack.height).toBe(128);
  });

  it('are drawn where they are in sight, and a few more', () => {
    expect(stack.inSight(0, 10, 0)).toEqual({ from: 0, to: 1 });
    expect(stack.inSight(30, 42, 0)).toEqual({ from: 1, to: 3 });
    expect(stack.inSight(99, 400, 1)).toEqual({ from: 1, to: 4 });
    expect(stack.inSight(9_999, 400, 0)).toEqual({ from: 3, to: 4 });
    expect(new Stack([]).inSight(0, 400, 6)).toEqual({ from: 0, to: 0 });
  });

  it('are scrolled to by as little as is needed', () => {
    expect(stack.scrollTo(0, 40, 60)).toBe(0);
    expect(stack.scrollTo(1, 0, 60)).toBe(12);
    expect(stack.scrollTo(1, 20, 60)).toBe(20);
  });
});

it('10,000 secrets are searched and laid out in a moment', () => {
  const secrets = Array.from({ length: 10_000 }, (_, index) =>
    secret(`PROJECT_${index}_KEY`, ['key', 'token', 'password', 'generic'][index % 4], 'of the demo'),
  );
  const vaults = [vault('local', secrets)];
  const finder = new Finder(vaults);
  finder.find('warm');
  const layOut = (rows: readonly Row[]): number => new Stack(rows.map(() => 28)).height;
  expect(cpuMs(() => layOut(foundRows(finder.find('key 77'), vaults)))).toBeLessThan(50);
  expect(cpuMs(() => layOut(rowsOf(vaults)))).toBeLessThan(50);
});
