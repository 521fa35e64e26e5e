import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { dist } from '../../../../scripts/places.ts';
import { hostTarget } from '../../../../scripts/build/targets.ts';

/** The VSIX that `npm run build` left for this platform. */
export async function builtVsix(): Promise<string> {
  const names = await readdir(dist).catch(() => []);
  const name = names.find((file) => file.endsWith('.vsix') && file.includes(`-${hostTarget()}-`));
  if (name === undefined) throw new Error('There is no VSIX in dist/: npm run build');
  return path.join(dist, name);
}
