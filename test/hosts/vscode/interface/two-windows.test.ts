import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startRecordingProxy, type RecordingProxy } from '../../../fixtures/recording-proxy.ts';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { commandLine, connect } from './outside.ts';
import { NOTEBOOK } from './samples.ts';
import { inSteps } from '../../steps.ts';
import { LESS_THAN_A_REQUEST, traffic, trafficOf, type Traffic } from './traffic.ts';
import { createSecret, typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

const SEEN_WITHIN_MS = 2_000;
/** Long enough for anything that asks now and then, and for the sign of life of a stream that was left open. */
const QUIET_MS = 60_000;

/** Starts where the first user closes the views; what goes on meanwhile is another user's. */
let quiet: Promise<Traffic> | undefined;
const opened = closing();
let browser: Browser;
beforeAll(async () => {
  browser = opened(await launchBrowser());
});

describe('two windows of one user', { timeout: 120_000 }, () => {
  let host: Host;
  let one: Workbench;
  let other: Workbench;
  inSteps(() => other);
  beforeAll(async () => {
    host = opened(await startHost({ vsix: [await builtVsix()] }));
    await commandLine(host, ['setup', '--key-file', `${host.home}/vault.key`]);
    one = await Workbench.open(browser, host);
    other = await Workbench.open(browser, host);
    for (const window of [one, other]) await window.secrets.open();
    for (const window of [one, other]) await window.secrets.button('Create Secret').waitFor();
  });

  it('show a new secret of the other one within two seconds', async () => {
    await createSecret(one, { name: 'FROM_ONE', value: 'a' });
    await other.secrets.row('FROM_ONE').waitFor({ timeout: SEEN_WITHIN_MS });
    await createSecret(other, { name: 'FROM_OTHER', value: 'b' });
    await one.secrets.row('FROM_OTHER').waitFor({ timeout: SEEN_WITHIN_MS });
  });

  it('show what the command line did, too', async () => {
    await commandLine(host, ['rm', 'FROM_ONE', '--yes']);
    for (const window of [one, other])
      await window.secrets.row('FROM_ONE').waitFor({ state: 'detached', timeout: SEEN_WITHIN_MS });
  });

  it('follow the service when it was killed and another client starts it again', async () => {
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    const client = await connect(host);
    const { service } = client;
    await service.unlock({ interactive: true });
    const [secret] = await service.secrets('local').list();
    expect(secret?.name).toBe('FROM_OTHER');
    if (secret) await service.secrets('local').update(secret, { description: 'after the kill' });
    client.close();
    for (const window of [one, other]) await window.secrets.row('after the kill').waitFor();
  });

  it('close their views, which ends all that goes on between them and the service', async () => {
    const [pid = 0] = await host.services();
    const before = await traffic(pid);
    await one.run('Datalayer Secrets: Refresh');
    // So a request can be seen in the counts.
    await expect.poll(async () => (await traffic(pid)).read - before.read).toBeGreaterThan(LESS_THAN_A_REQUEST);
    for (const window of [one, other]) await window.secrets.close();
    quiet = trafficOf(pid, QUIET_MS);
  });
});

describe('another user, behind a proxy that the environment and the settings name', { timeout: 120_000 }, () => {
  let proxy: RecordingProxy;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    proxy = opened(await startRecordingProxy());
    const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    host = opened(
      await startHost({
        vsix: [await builtVsix()],
        files: { 'forecast.ipynb': NOTEBOOK },
        env: Object.fromEntries(variables.map((name) => [name, proxy.url])),
        settings: {
          ...BOTH_COLOURS,
          'http.proxy': proxy.url,
          'http.proxySupport': 'override',
          'datalayerSecrets.origin': 'https://secrets.example.org',
        },
      }),
    );
    window = await Workbench.open(browser, host);
  });

  it('does the whole job', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.pick('Key file');
    await typeSecret(window, { name: 'WEATHER_API_KEY', value: 'a value that nobody sees' });
    await window.secrets.row('WEATHER_API_KEY').waitFor();
    await window.openFile('forecast.ipynb');
    await window.cell(1).locator('.view-line').first().click();
    await window.run('Datalayer Secrets: Insert Reference to Secret');
    await window.quickInput.pick('WEATHER_API_KEY');
    await window.page.locator('.notebook-editor', { hasText: 'os.environ["WEATHER_API_KEY"]' }).waitFor();
    await window.run('Datalayer Secrets: Copy Value');
    await window.quickInput.pick('WEATHER_API_KEY');
    await window.page.locator('.statusbar', { hasText: 'is in the clipboard' }).waitFor();
    await window.run('Datalayer Secrets: Delete Secret');
    await window.quickInput.pick('WEATHER_API_KEY');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.button('Create Secret').waitFor();
  });

  it('has the proxy asked for another machine, and hears that it refused', async () => {
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await window.quickInput.answer('A token or an API key for https://secrets.example.org', 'some-token');
    await window.quickInput.message('A proxy on the way to secrets.example.org refused').waitFor();
    await window.pictures('proxy-refused');
    await window.page.keyboard.press('Escape');
    expect(proxy.asked.some((line) => line.startsWith('CONNECT secrets.example.org:443 '))).toBe(true);
  });

  it('had it asked for nothing on this machine', () => {
    expect(proxy.asked.filter((line) => /127\.0\.0\.1|localhost|::1|api\/vault|api\/iam|hello/.test(line))).toEqual([]);
  });
});

describe('the service of the first user', () => {
  it('was asked for nothing in a minute while no view was visible', { timeout: QUIET_MS + 30_000 }, async () => {
    const { read, written } = (await quiet) ?? {};
    expect(read).toBeLessThan(LESS_THAN_A_REQUEST);
    expect(written).toBeLessThan(LESS_THAN_A_REQUEST);
  });
});
