import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { python, root, scratch } from '../places.ts';
import { endOfProgram } from '../program.ts';
import { readJunit } from './junit.ts';
import type { Result } from './result.ts';

/** Runs the test files below a folder of `test/` with pytest, showing its report. */
export async function pytest(folder: string): Promise<Result[]> {
  if (!existsSync(path.join(root, 'test', folder))) return [];
  const file = path.join(scratch, 'results', `${folder.replaceAll('/', '-')}.xml`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const { code } = await endOfProgram(
    python,
    ['-m', 'pytest', `test/${folder}`, `--junitxml=${file}`, '--quiet', '--tb=short', '-p', 'no:cacheprovider'],
    { cwd: root, show: true },
  );
  const found = existsSync(file) ? readJunit(await readFile(file, 'utf8')) : [];
  const results = found.map((result) => ({ ...result, name: `test/${folder} > ${result.name}` }));
  if (code !== 0 && !results.some(({ state }) => state === 'failed')) {
    results.push({ name: `test/${folder}`, state: 'failed', ms: 0, message: `pytest ended with ${code}` });
  }
  return results;
}
