import path from 'node:path';
import { extensionFolder, root } from '../places.ts';
import { must } from '../program.ts';

/** The service in one file. */
export async function bundleService(): Promise<void> {
  await must('Bundling the service', [path.join(root, 'server/build.mjs')], { cwd: path.join(root, 'server') });
}

/** The extension of VS Code, which carries the service: that comes first. */
export async function bundleExtension(): Promise<void> {
  const script = path.join(extensionFolder, 'build.mjs');
  process.stdout.write(await must('Bundling the extension', [script], { cwd: extensionFolder }));
}

/** The service in one file, then the extension that carries it. */
export async function bundle(): Promise<void> {
  await bundleService();
  await bundleExtension();
}
