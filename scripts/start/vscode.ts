import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { bundleExtension } from '../build/bundles.ts';
import { hostTarget } from '../build/targets.ts';
import { packVsix } from '../build/vsix.ts';
import { root, scratch } from '../places.ts';
import { must } from '../program.ts';
import { startVsCodeServer } from '../vscode-server.ts';
import type { RunningEditor, StartOptions } from './editor.ts';

/** VS Code in the browser with the extension of this clone, installed as users install it. */
export async function startVsCode({ workspace, env, port }: StartOptions): Promise<RunningEditor> {
  console.log('Building the VS Code extension …');
  await bundleExtension();
  const samples = path.join(scratch, 'open-samples.vsix');
  const samplesFolder = path.join(root, 'scripts/start/open-samples');
  await mkdir(scratch, { recursive: true });
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const pack = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', samples];
  const [vsix] = await Promise.all([packVsix(hostTarget()), must('Packing the samples', pack, { cwd: samplesFolder })]);
  console.log('Starting VS Code …');
  const server = await startVsCodeServer({ folder: path.join(scratch, 'vscode'), env, port, vsix: [vsix, samples] });
  return { name: 'VS Code', server, address: server.url({ folder: workspace }) };
}
