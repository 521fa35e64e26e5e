import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { startHost, type Host } from '../server.ts';
import { commandLine, connect } from './outside.ts';
import { inSteps } from './steps.ts';
import { LESS_THAN_A_REQUEST, traffic } from './traffic.ts';
import { createSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { Workbench } from './workbench.ts';

const SEEN_WITHIN_MS = 2_000;
/** Long enough for anything that asks now and then, and for the sign of life of a stream that was left open. */
const QUIET_MS = 60_000;

describe('two windows of one user', () => {
  let browser: Browser;
  let host: Host;
  let one: Workbench;
  let other: Workbench;
  inSteps(() => other);
  beforeAll(async () => {
    browser = await launchBrowser();
    host = await startHost({ vsix: [await builtVsix()] });
    await commandLine(host, ['setup', '--key-file', `${host.home}/vault.key`]);
    one = await Workbench.open(browser, host);
    other = await Workbench.open(browser, host);
    for (const window of [one, other]) await window.secrets.open();
    for (const window of [one, other]) await window.secrets.button('Create Secret').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await host.stop();
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

  it(
    'ask the service for nothing while no view is visible',
    async () => {
      for (const window of [one, other]) await window.secrets.close();
      const [pid = 0] = await host.services();
      const before = await traffic(pid);
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const after = await traffic(pid);
      expect(after.read - before.read).toBeLessThan(LESS_THAN_A_REQUEST);
      expect(after.written - before.written).toBeLessThan(LESS_THAN_A_REQUEST);
      expect(await host.services()).toEqual([pid]);
      await one.secrets.open(); // what is measured does show a request
      await expect.poll(async () => (await traffic(pid)).read - after.read).toBeGreaterThan(LESS_THAN_A_REQUEST);
    },
    QUIET_MS + 60_000,
  );
});
