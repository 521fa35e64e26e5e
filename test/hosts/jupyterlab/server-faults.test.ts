import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { freePort } from './free-port.ts';
import { Lab } from './lab.ts';
import { commandLine, valueOf } from './outside.ts';
import { startHost, type Host } from './server.ts';

const NAME = 'WEATHER_API_KEY';
const WAITING = { timeout: 20_000, interval: 50 };

describe('a user whose Jupyter server comes and goes', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  const identity = { token: 'token-of-a-test' };
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    const port = await freePort();
    host = opened(await startHost({ config: { ServerApp: { port }, IdentityProvider: identity } }));
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    lab = await Lab.open(opened(await launchBrowser()), host);
    // JupyterLab says it too, over everything else.
    const message = lab.dialog().filter({ hasText: 'Server Connection Error' });
    await lab.page.addLocatorHandler(message, () => message.getByRole('button', { name: 'Close' }).click());
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
  }, 120_000);

  it('sees what changed while the Jupyter server was started again, and follows changes as before', async () => {
    const sockets = await eventSockets(lab.page);
    await host.server.stop();
    await commandLine(host, ['create', 'CREATED_MEANWHILE', '--type', 'key'], 'a value');
    await host.restart();
    await lab.secrets.row('CREATED_MEANWHILE').waitFor();
    await commandLine(host, ['create', 'CREATED_AT_ONCE', '--type', 'key'], 'a value');
    await lab.secrets.row('CREATED_AT_ONCE').waitFor();
    await expect.poll(sockets, WAITING).toBe(1);
    await commandLine(host, ['create', 'CREATED_AFTERWARDS', '--type', 'key'], 'a value');
    await lab.secrets.row('CREATED_AFTERWARDS').waitFor({ timeout: 2_000 });
  });

  it('is told that the Jupyter server does not answer, until it does', async () => {
    await host.server.stop();
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText(/The Jupyter server does not answer/).waitFor();
    await lab.secrets.row(NAME).waitFor();
    await lab.picture('fault-jupyter-down');
    await host.restart();
    await lab.secrets.root.getByText(/does not answer/).waitFor({ state: 'detached' });
    await lab.secrets.row(NAME).waitFor();
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
