import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { freePort } from './free-port.ts';
import { installedProgram } from './installed.ts';
import { Lab } from './lab.ts';
import { commandLine, connect, valueOf } from './outside.ts';
import { startHost, type Host } from './server.ts';

const NAME = 'WEATHER_API_KEY';
const WAITING = { timeout: 20_000, interval: 50 };

const opened = closing();
let browser: Browser;
beforeAll(async () => {
  browser = opened(await launchBrowser());
});

describe('a user whose Jupyter server comes and goes', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  let sockets: (() => number) | undefined;
  const identity = { token: 'token-of-a-test' };
  inSteps(() => lab);
  beforeAll(async () => {
    const port = await freePort();
    host = opened(await startHost({ config: { ServerApp: { port }, IdentityProvider: identity } }));
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    lab = await Lab.open(browser, host);
    // JupyterLab says it too, over everything else.
    const message = lab.dialog().filter({ hasText: 'Server Connection Error' });
    await lab.page.addLocatorHandler(message, () => message.getByRole('button', { name: 'Close' }).click());
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
  }, 120_000);

  it('is told that the Jupyter server does not answer, and sees what changed meanwhile once it is back', async () => {
    await host.server.stop();
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText(/The Jupyter server does not answer/).waitFor();
    await lab.secrets.row(NAME).waitFor();
    await lab.picture('fault-jupyter-down');
    await commandLine(host, ['create', 'CREATED_MEANWHILE', '--type', 'key'], 'a value');
    sockets = await eventSockets(lab.page);
    await host.restart();
    await lab.secrets.row('CREATED_MEANWHILE').waitFor();
    await lab.secrets.root.getByText(/does not answer/).waitFor({ state: 'detached' });
  });

  it('sees changes as soon as before once the page has its socket for events again', async () => {
    await expect.poll(() => sockets?.(), WAITING).toBe(1);
    await commandLine(host, ['create', 'CREATED_AFTERWARDS', '--type', 'key'], 'a value');
    await lab.secrets.row('CREATED_AFTERWARDS').waitFor({ timeout: 2_000 });
  });

  it('is told when the sign-in to Jupyter has ended; what was typed stays, and is stored after a new sign-in', async () => {
    await lab.secrets.button('Create Secret').click();
    const form = lab.secrets.form('Create Secret');
    await form.field('Name').fill('TYPED_SIGNED_OUT');
    await form.field('Value').fill('typed before the end');
    identity.token = 'another-token';
    await host.restart();
    await form.button('Create').click();
    await form.problem('sign in to Jupyter again').waitFor();
    expect(await form.field('Value').inputValue()).toBe('typed before the end');
    await lab.picture('fault-jupyter-login');

    const other = await lab.page.context().newPage();
    await other.goto(host.url('api/status'));
    await other.close();
    await form.button('Create').click();
    await lab.secrets.row('TYPED_SIGNED_OUT').waitFor();
    expect(await valueOf(host, 'TYPED_SIGNED_OUT')).toBe('typed before the end');
  });
});

describe('a user of another server or service', { timeout: 60_000 }, () => {
  it('is told where the server extension is not there, and how to have it', async () => {
    const config = { ServerApp: { jpserver_extensions: { jupyterlab_datalayer_secrets: false } } };
    const host = opened(await startHost({ config }));
    const lab = await Lab.open(browser, host);
    await lab.secrets.open();
    await lab.secrets.root
      .getByRole('alert')
      .filter({ hasText: 'lacks the server part of Datalayer Secrets' })
      .waitFor();
    await lab.pictures('fault-no-extension');
    expect(lab.errors).toEqual([]);
    await lab.close();
  });

  it('goes on with the service of a newer package, and is told where that is too new', async () => {
    const host = opened(await startHost());
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    const lab = await Lab.open(browser, host);
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    const before = await host.services();

    // Another editor brings a newer one, which takes the place of the one that runs.
    const newer = path.join(path.dirname(host.home), 'newer');
    await newerService(host, newer);
    await promisify(execFile)(process.execPath, [newer, 'ensure', '--label', 'a newer editor', '--scope', 'full'], {
      env: host.environment,
    });
    await expect.poll(() => host.services().then(([pid]) => pid), WAITING).not.toBe(before[0]);
    const client = await connect(host);
    expect((await client.service.status()).version).toBe('9.0.0');
    await client.service.unlock({ interactive: true });
    client.close();
    await commandLine(host, ['create', 'CREATED_IN_NEWER', '--type', 'key'], 'a value');
    await lab.secrets.row('CREATED_IN_NEWER').waitFor();

    await editRunFile(host, { protocol: 99 });
    await host.restart();
    await lab.visit();
    await lab.secrets.open();
    await lab.secrets.root.getByText('The running secrets service is newer than this program knows.').waitFor();
    await lab.secrets.root.getByText('Update this extension or package.').waitFor();
    await lab.pictures('fault-too-new');
    await lab.close();
  });
});

/** A copy of the service that the wheel brought, as a later release of it. */
async function newerService(host: Host, file: string): Promise<void> {
  const ours = await readFile((await installedProgram(host)).service, 'utf8');
  const newer = ours.replace(/="0\.1\.0"/, '="9.0.0"');
  expect(newer).not.toBe(ours);
  await writeFile(file, newer);
}

async function editRunFile(host: Host, changes: object): Promise<void> {
  const folder = path.join(host.secretsHome, 'run');
  const [name = ''] = await readdir(folder);
  const file = path.join(folder, name);
  const run = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...run, ...changes }));
}

/** Counts from now on how often a page got a socket for Jupyter's events. */
async function eventSockets(page: Page): Promise<() => number> {
  const client = await page.context().newCDPSession(page);
  const asked = new Set<string>();
  let got = 0;
  client.on('Network.webSocketCreated', ({ requestId, url }) => url.includes('/api/events/') && asked.add(requestId));
  client.on('Network.webSocketHandshakeResponseReceived', ({ requestId, response }) => {
    if (asked.has(requestId) && response.status === 101) got += 1;
  });
  await client.send('Network.enable');
  return () => got;
}
