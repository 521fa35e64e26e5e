import path from 'node:path';
import { jupyterFolder, python, root } from '../places.ts';
import { endOfProgram } from '../program.ts';
import type { Result } from './result.ts';

/** A tool that reads all sources and has one verdict. */
export interface Check {
  readonly name: string;
  run(options?: { show?: boolean }): Promise<Result>;
}

const PYTHON_SOURCES = ['jupyterlab-plugin', 'test/contract/jupyter'];

export const CHECKS: readonly Check[] = [
  check('types', node('typescript/bin/tsc'), ['-b']),
  check('ESLint', node('eslint/bin/eslint.js'), ['.', '--cache', '--cache-location', '.scratch/eslint']),
  check('Prettier', node('prettier/bin/prettier.cjs'), [
    '--check',
    '--log-level',
    'warn',
    '.',
    '--cache',
    '--cache-location',
    '.scratch/prettier',
  ]),
  check('Python: types', module('mypy'), [
    `--config-file=${path.join(jupyterFolder, 'pyproject.toml')}`,
    '--cache-dir=.scratch/mypy',
    path.join(jupyterFolder, 'jupyterlab_datalayer_secrets'),
  ]),
  check('Python: ruff', module('ruff'), ['check', '--quiet', '--cache-dir=.scratch/ruff', ...PYTHON_SOURCES]),
  check('Python: format', module('ruff'), [
    'format',
    '--check',
    '--quiet',
    '--cache-dir=.scratch/ruff',
    ...PYTHON_SOURCES,
  ]),
];

function node(program: string): string[] {
  return [process.execPath, path.join(root, 'node_modules', program)];
}

function module(name: string): string[] {
  return [python, '-m', name];
}

function check(name: string, [command = '', ...first]: readonly string[], args: readonly string[]): Check {
  return {
    name,
    run: async ({ show = false } = {}) => {
      const { code, output, ms } = await endOfProgram(command, [...first, ...args], { cwd: root, show });
      return code === 0 ? { name, state: 'passed', ms } : { name, state: 'failed', ms, message: output };
    },
  };
}
