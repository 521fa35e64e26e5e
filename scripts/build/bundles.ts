import path from 'node:path';
import { extensionFolder, root } from '../places.ts';
import { must } from '../program.ts';

/** The service in one file, then the extension that carries it. */
export async function bundle(): Promise<void> {
  await must('Bundling the service', [path.join(root, 'server/build.mjs')], { cwd: path.join(root, 'server') });
  const said = await must('Bundling the extension', [path.join(extensionFolder, 'build.mjs')], {
    cwd: extensionFolder,
  });
  process.stdout.write(said);
}
