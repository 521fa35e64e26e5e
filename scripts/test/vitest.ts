import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { root, scratch } from '../places.ts';
import { endOf } from '../program.ts';
import type { Result } from './result.ts';

/** Runs the test files below a folder of `test/` with vitest, showing its report; `atOnce`: so many files at a time, at most. */
export async function vitest(folder: string, { atOnce }: { atOnce?: number } = {}): Promise<Result[]> {
  if (!existsSync(path.join(root, 'test', folder))) return [];
  const file = path.join(scratch, 'results', `${folder.replaceAll('/', '-')}.jsonl`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const { code } = await endOf(
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      `test/${folder}/`,
      '--reporter=default',
      `--reporter=${path.join(import.meta.dirname, 'vitest-reporter.ts')}`,
      '--passWithNoTests',
      ...(atOnce === undefined ? [] : [`--maxWorkers=${atOnce}`]),
    ],
    {
      cwd: root,
      show: true,
      env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }), DATALAYER_SECRETS_TEST_RESULTS: file },
    },
  );
  const lines = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').filter(Boolean) : [];
  const results = lines.map((line) => JSON.parse(line) as Result);
  if (code !== 0 && !results.some(({ state }) => state === 'failed')) {
    results.push({ name: `test/${folder}`, state: 'failed', ms: 0, message: `vitest ended with ${code}` });
  }
  return results;
}
