import { IN_HOST_RUNS, bundleInHost, inHostFiles } from '../test/hosts/vscode/in-host.ts';
import { bundle } from './build/bundles.ts';
import { extensionFolder, root, tools } from './places.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests, SilentReporter } from '@vscode/test-electron';

// npm run test:desktop: the in-host files that need no keychain, in desktop VS Code.
const vscodeExecutablePath = await downloadAndUnzipVSCode({
  cachePath: path.join(tools, 'vscode-desktop'),
  reporter: new SilentReporter(),
}).catch((error: unknown) => {
  console.error(`Desktop VS Code could not be downloaded (${error instanceof Error ? error.message : String(error)}).`);
  process.exit(1);
});

await bundle();
const tests = await bundleInHost(await inHostFiles(IN_HOST_RUNS['without keychain']));
const folder = await mkdtemp(path.join(tmpdir(), 'desktop-'));
try {
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: extensionFolder,
    extensionTestsPath: tests,
    // No session bus: the same home without a keychain as in the browser.
    extensionTestsEnv: {
      HOME: folder,
      USERPROFILE: folder,
      DATALAYER_SECRETS_HOME: path.join(folder, '.datalayer', 'secrets'),
      DBUS_SESSION_BUS_ADDRESS: undefined,
    },
    launchArgs: [
      folder,
      `--user-data-dir=${path.join(folder, 'data')}`,
      '--disable-extensions',
      '--disable-workspace-trust',
    ],
  });
} catch {
  console.error(`Tests failed in desktop VS Code; each is a line above (${path.relative(root, tests)}).`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
