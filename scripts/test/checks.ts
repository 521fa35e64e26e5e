import path from 'node:path';
import { root } from '../places.ts';
import { endOf } from '../program.ts';
import type { Result } from './result.ts';

/** A tool that reads all sources and has one verdict. */
export interface Check {
  readonly name: string;
  run(options?: { show?: boolean }): Promise<Result>;
}

export const CHECKS: readonly Check[] = [
  check('types', 'typescript/bin/tsc', ['-b']),
  check('ESLint', 'eslint/bin/eslint.js', ['.', '--cache', '--cache-location', '.scratch/eslint']),
  check('Prettier', 'prettier/bin/prettier.cjs', [
    '--check',
    '--log-level',
    'warn',
    '.',
    '--cache',
    '--cache-location',
    '.scratch/prettier',
  ]),
];

function check(name: string, program: string, args: readonly string[]): Check {
  return {
    name,
    run: async ({ show = false } = {}) => {
      const { code, output, ms } = await endOf([path.join(root, 'node_modules', program), ...args], {
        cwd: root,
        show,
      });
      return code === 0 ? { name, state: 'passed', ms } : { name, state: 'failed', ms, message: output };
    },
  };
}
