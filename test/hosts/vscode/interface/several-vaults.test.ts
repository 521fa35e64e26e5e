import { hostname } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../../fixtures/datalayer-service.ts';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { commandLine } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

describe('a user with a local vault and an account', () => {
  let browser: Browser;
  let datalayer: DatalayerService;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    browser = await launchBrowser();
    datalayer = await startDatalayerService();
    host = await startHost({
      vsix: [await builtVsix()],
      settings: { ...BOTH_COLOURS, 'datalayerSecrets.origin': datalayer.origin },
    });
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', 'DB_PASSWORD', '--type', 'password'], 'a value');
    await commandLine(host, ['create', 'HF_TOKEN', '--type', 'token'], 'a value');
    window = await Workbench.open(browser, host);
  });
  afterAll(async () => {
    await browser.close();
    await host.stop();
    await datalayer.close();
  });

  it('sees which vault it is, on which machine, and that a key file opened it', async () => {
    await window.secrets.open();
    await window.secrets.row('HF_TOKEN').waitFor();
    await window.secrets.root.getByText(`Local vault on ${hostname()}, opened by key file.`).waitFor();
  });

  it('sees one type alone, and all again', async () => {
    await window.run('Datalayer Secrets: Filter by Type');
    await window.quickInput.pick('Tokens');
    await window.secrets.root.getByText('Only Tokens are shown.').waitFor();
    await window.secrets.row('DB_PASSWORD').waitFor({ state: 'detached' });
    await window.pictures('filtered');
    await window.run('Datalayer Secrets: Show All Types');
    await window.secrets.row('DB_PASSWORD').waitFor();
  });

  it('signs in with a token; one that is wrong is refused and stays in the box', async () => {
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await window.quickInput.answer('A token or an API key', 'not-a-token');
    await window.quickInput.message('not accepted').waitFor();
    await window.pictures('sign-in-refused');
    expect(await window.quickInput.box.inputValue()).toBe('not-a-token');
    await window.quickInput.answer('Sign in to Datalayer', datalayer.token);
    await window.notification(/Signed in as ada/).waitFor();
    await window.secrets.row(/^Local vault/).waitFor();
    await window.secrets.row(/@ada, remembered in the local vault/).waitFor();
    await window.pictures('several-vaults');
  });

  it('is asked in which vault a new secret goes', async () => {
    await window.run('Datalayer Secrets: Create Secret…');
    await window.quickInput.pick(new URL(datalayer.origin).host);
    await typeSecret(window, { name: 'WANDB_API_KEY', value: 'a value' });
    await window.secrets.row('WANDB_API_KEY').waitFor();
    expect(datalayer.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('unlocks both with one click after a lock: the sign-in lies in the local vault', async () => {
    await window.run('Datalayer Secrets: Lock');
    await window.secrets.row('Locked. Unlock…').first().waitFor();
    await window.secrets.row('DB_PASSWORD').waitFor({ state: 'detached' });
    await window.pictures('several-vaults-locked');
    await window.secrets.row('Locked. Unlock…').first().click();
    await window.secrets.row('DB_PASSWORD').waitFor();
    await window.secrets.row(/@ada, remembered in the local vault/).waitFor();
  });

  it('is told that a service is down, and goes on with the other vault', async () => {
    await datalayer.close();
    await window.run('Datalayer Secrets: Refresh');
    await window.secrets.root
      .getByText(/cannot be reached/)
      .first()
      .waitFor({ timeout: 40_000 });
    await window.pictures('remote-down');
    await window.secrets.row('DB_PASSWORD').waitFor();
  });

  it('signs out, and one vault is left', async () => {
    await window.run('Datalayer Secrets: Sign out');
    await window.dialog().getByRole('button', { name: 'Sign Out' }).click();
    await window.secrets.row(/^Local vault/).waitFor({ state: 'detached' });
    await window.secrets.row('DB_PASSWORD').waitFor();
  });
});
