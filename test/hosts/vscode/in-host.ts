import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { extensionFolder, scratch } from '../../../scripts/places.ts';
import { startKeyring } from '../../fixtures/keyring.ts';
import { launchBrowser } from '../browser.ts';
import { PREFIX, type InHostResult } from './in-host/registry.ts';
import { startHost } from './server.ts';

const folder = path.join(import.meta.dirname, 'in-host');
const NO_NEWS_MS = 120_000;

/** Files named `*.keychain.test.ts` run in a host whose user has an open keychain, the others in one without any. */
export const IN_HOST_RUNS = { 'without keychain': false, 'with keychain': true } as const;

/** The test files of one run whose name contains the filter. */
export async function inHostFiles(keychain: boolean, filter = ''): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.test.ts') && name.includes(filter)).sort();
  return names.filter((name) => name.endsWith('.keychain.test.ts') === keychain);
}

/** Bundles test files into the one module that VS Code loads as its tests, on the desktop too. */
export async function bundleInHost(files: readonly string[]): Promise<string> {
  const outfile = path.join(scratch, 'in-host', 'tests.cjs');
  const entry = [
    `const registry = require('./registry.ts');`,
    ...files.flatMap((name) => [
      `registry.file(${JSON.stringify(name.replace('.test.ts', ''))});`,
      `require('./${name}');`,
    ]),
    `exports.run = registry.run;`,
  ];
  await build({
    stdin: { contents: entry.join('\n'), resolveDir: folder, loader: 'js' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/**
 * Runs test files inside a real VS Code. The extension is loaded from its folder, so it must have been built.
 * A run that ends early, or says nothing for two minutes, counts as one more failed test.
 */
export async function runInHost(
  keychain: boolean,
  files: readonly string[],
  report: (result: InHostResult) => void = () => undefined,
): Promise<InHostResult[]> {
  const tests = await bundleInHost(files);
  const keyring = keychain ? await startKeyring() : undefined;
  // The driver flag is what makes a built server heed where the tests are.
  const host = await startHost({ keyring, args: ['--enable-smoke-test-driver'] });
  const browser = await launchBrowser();
  const results: InHostResult[] = [];
  try {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const remote = (file: string) => host.server.origin.replace('http', 'vscode-remote') + file;
    const payload = [
      ['extensionDevelopmentPath', remote(extensionFolder)],
      ['extensionTestsPath', remote(tests)],
      ['skipWelcome', 'true'],
    ];
    const noise: string[] = [];
    const code = await new Promise<number>((resolve, reject) => {
      let timer: NodeJS.Timeout;
      const news = () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => reject(new Error(`no news for ${NO_NEWS_MS / 1000} s; last:\n${noise.slice(-10).join('\n')}`)),
          NO_NEWS_MS,
        );
      };
      news();
      const log = (_type: string, args: unknown[]) => {
        const line = args.find((arg): arg is string => typeof arg === 'string' && arg.includes(PREFIX));
        if (line === undefined) {
          noise.push(JSON.stringify(args).slice(0, 2000));
          return;
        }
        news();
        const result = JSON.parse(line.slice(line.indexOf(PREFIX) + PREFIX.length)) as InHostResult;
        results.push(result);
        report(result);
      };
      page
        .exposeFunction('codeAutomationLog', log)
        .then(() =>
          page.exposeFunction('codeAutomationExit', (exit: number) => {
            clearTimeout(timer);
            resolve(exit);
          }),
        )
        .then(() => page.goto(host.url({ payload: JSON.stringify(payload) })))
        .catch(reject);
      page.on('crash', () => reject(new Error('the page crashed')));
    });
    if (code !== 0 && !results.some(({ state }) => state === 'failed')) {
      throw new Error(`VS Code ended with ${code}; last:\n${noise.slice(-10).join('\n')}`);
    }
  } catch (error) {
    const failed: InHostResult = { name: 'the in-host run', state: 'failed', ms: 0, message: String(error) };
    results.push(failed);
    report(failed);
  } finally {
    await browser.close();
    await host.stop();
    await keyring?.stop();
  }
  return results;
}

// `node test/hosts/vscode/in-host.ts [part of a file name]` runs those files only.
if (import.meta.main) {
  for (const [title, keychain] of Object.entries(IN_HOST_RUNS)) {
    const files = await inHostFiles(keychain, process.argv[2]);
    if (files.length === 0) continue;
    console.log(title);
    const results = await runInHost(keychain, files, ({ name, state, ms, message }) => {
      console.log(`  ${state} ${name} (${ms} ms)${message ? `\n${message}` : ''}`);
    });
    if (results.some(({ state }) => state === 'failed')) process.exitCode = 1;
  }
}
