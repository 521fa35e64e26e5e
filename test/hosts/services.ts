import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Ids of the service processes that run for a home, by its run files; a number that another program got meanwhile does not count. */
export async function runningServices(secretsHome: string): Promise<number[]> {
  const folder = path.join(secretsHome, 'run');
  const found: number[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    try {
      const { pid } = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as { pid: number };
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('service.cjs')) found.push(pid);
    } catch {
      // no run file, or no such process
    }
  }
  return found;
}
