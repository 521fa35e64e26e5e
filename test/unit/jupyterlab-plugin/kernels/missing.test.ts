import { languageFor, languageInCell, type ModelState } from '@datalayer-secrets/shared';
import { describe, expect, it } from 'vitest';
import { type Known, type Offer, offerFor, wantedNames } from '../../../../jupyterlab-plugin/src/kernels/missing.ts';
import type { NotebookSecret } from '../../../../jupyterlab-plugin/src/kernels/notebook-state.ts';

function wanted(source: string, ename: string, evalue: string, kernel = 'python'): string[] {
  const language = languageInCell(kernel, source);
  if (!language) throw new Error('no language');
  return wantedNames({ language, source, ename, evalue });
}

describe('a cell failed for want of', () => {
  it.each([
    ['the variable that it asks for', 'import os\nos.environ["KEY"]', 'KeyError', "'KEY'", ['KEY']],
    ['one variable of several', 'os.environ["A"] + os.environ["KEY"]', 'KeyError', "'KEY'", ['KEY']],
    ['a secret that it asks the package for', 'datalayer_secrets.get("KEY")', 'SecretNotFound', 'anything', ['KEY']],
    ['a secret that it may not have', 'datalayer_secrets.get("my key")', 'NotGranted', '', ['my key']],
    ['a secret of a locked vault', 'datalayer_secrets.get("KEY")', 'datalayer_secrets.ServiceUnavailable', '', ['KEY']],
  ])('%s', (_, source, ename, evalue, names) => {
    expect(wanted(source, ename, evalue)).toEqual(names);
  });

  it.each([
    ['another key', 'os.environ["KEY"]\nd["x"]', 'KeyError', "'x'"],
    ['a name that the cell does not hold', 'd[name]', 'KeyError', "'KEY'"],
    ['a name that only the error holds', 'get()', 'SecretNotFound', "'KEY'"],
    ['a name that a comment holds', '# KEY\nd["KEY"]', 'KeyError', "'KEY'"],
    ['another error', 'int(os.environ["KEY"])', 'ValueError', "'KEY'"],
    ['a variable that no secret sets', 'os.environ["PYTHONPATH"]', 'KeyError', "'PYTHONPATH'"],
    ['a name that cannot be read', 'datalayer_secrets.get("KE\u202eY")', 'NotGranted', ''],
  ])('nothing of ours: %s', (_, source, ename, evalue) => {
    const language = languageFor('python');
    if (!language) throw new Error('no Python');
    expect(wantedNames({ language, source, ename, evalue })).toEqual([]);
  });

  it('any of its references, in a language whose errors say nothing of the name', () => {
    expect(wanted('x <- Sys.getenv("A")\ny <- Sys.getenv("B")', 'ERROR', 'no', 'r')).toEqual(['A', 'B']);
    expect(wanted('%%bash\ncurl -H "$KEY"', 'CalledProcessError', 'status 1')).toContain('KEY');
  });
});

describe('what is offered for a name', () => {
  const standing = (more: Partial<NotebookSecret>): NotebookSecret => ({
    vault: 'local',
    name: 'KEY',
    granted: true,
    state: 'in_kernel',
    reason: null,
    ...more,
  });
  const vault = (id: string, list: 'locked' | 'failed' | 'setup-needed' | readonly string[]) =>
    ({
      info: { id },
      list: typeof list === 'string' ? { kind: list } : { kind: 'ready', secrets: list.map((name) => ({ name })) },
    }) as unknown as ModelState['vaults'][number];
  const known = (more: Partial<Known>, ...vaults: ModelState['vaults']): Known => ({
    secrets: [],
    vaults: { service: { kind: 'ready' } as ModelState['service'], vaults },
    outlook: 'used',
    ...more,
  });

  it.each<[string, Known, Offer['kind'] | undefined]>([
    ['create, where no vault has it', known({}, vault('local', ['OTHER'])), 'create'],
    ['create, where there is no vault yet', known({}, vault('local', 'setup-needed')), 'create'],
    ['create, where nothing runs and nothing was ever used', { ...known({ outlook: 'unused' }), vaults: { service: { kind: 'none' }, vaults: [] } }, 'create'],
    ['unlock, where it may lie in what is locked', known({}, vault('local', 'locked')), 'unlock'],
    ['unlock, where nothing runs', { ...known({}), vaults: { service: { kind: 'none' }, vaults: [] } }, 'unlock'],
    ['nothing, where nobody can say whether it is there', known({}, vault('datalayer', 'failed')), undefined],
    ['allow, where it is and the notebook may not have it', known({}, vault('local', ['KEY'])), 'allow'],
    ['allow, where a grant was taken back', known({ secrets: [standing({ granted: false, state: 'restart' })] }, vault('local', ['KEY'])), 'allow'],
    ['allow, in an open vault while another is locked', known({}, vault('local', 'locked'), vault('datalayer', ['KEY'])), 'allow'],
    ['restart, where the kernel takes variables at its start only', known({ secrets: [standing({ state: 'restart' })] }), 'restart'],
    ['restart, where the kernel is older than the extension', known({ secrets: [standing({ state: 'before' })] }), 'before'],
    ['run again, where it is there by now', known({ secrets: [standing({ state: 'next_cell' })] }), 'again'],
    ['run again, where it could not be read in time', known({ secrets: [standing({ state: 'missing', reason: 'timeout' })] }), 'again'],
    ['unlock, where it is allowed and locked', known({ secrets: [standing({ state: 'missing', reason: 'locked' })] }), 'unlock'],
    ['unlock, where it is allowed and no service runs', known({ secrets: [standing({ state: 'missing', reason: 'no_service' })] }), 'unlock'],
    ['create, where it is allowed and gone', known({ secrets: [standing({ state: 'missing', reason: 'not_found' })] }, vault('local', [])), 'create'],
    ['allow, where the vault it was allowed from lost it and another has it', known({ secrets: [standing({ state: 'missing', reason: 'not_found' })] }, vault('local', []), vault('datalayer', ['KEY'])), 'allow'],
    ['why not, where no variable can be made of it', known({ secrets: [standing({ state: 'left_out', reason: 'too_long' })] }), 'left-out'],
    ['nothing, where the kernel has it', known({ secrets: [standing({})] }), undefined],
    ['nothing, where there is no kernel', known({ secrets: [standing({ state: 'no_kernel' })] }), undefined],
  ])('%s', (_, state, kind) => {
    expect(offerFor('KEY', state)?.kind).toBe(kind);
  }); // prettier-ignore

  it('names each vault that has it', () => {
    expect(offerFor('KEY', known({}, vault('local', ['KEY']), vault('datalayer', ['KEY']), vault('r-1', [])))).toEqual({
      kind: 'allow',
      name: 'KEY',
      vaults: ['local', 'datalayer'],
    });
  });
});
