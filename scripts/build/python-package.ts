import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { python } from '../places.ts';
import { endOfProgram, ProgramFailed } from '../program.ts';

/** Packs wheel and source distribution of a folder with a `pyproject.toml`; returns their paths. */
export async function packPython(folder: string, into: string): Promise<string[]> {
  const stage = path.join(into, 'python');
  await rm(stage, { recursive: true, force: true });
  const { code, output } = await endOfProgram(python, ['-m', 'hatchling', 'build', '--directory', stage], {
    cwd: folder,
  });
  if (code !== 0) throw new ProgramFailed(`Packing the wheel failed:\n${output}`);
  const names = await readdir(stage);
  for (const name of names) await cp(path.join(stage, name), path.join(into, name));
  await rm(stage, { recursive: true });
  return names.map((name) => path.join(into, name)).sort();
}
