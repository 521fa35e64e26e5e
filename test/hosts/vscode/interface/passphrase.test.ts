import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { commandLine } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

const NAME = 'WEATHER_API_KEY';
const PASSPHRASE = 'nine quiet lamps';

describe('a user without a keychain', { timeout: 120_000 }, () => {
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ vsix: [await builtVsix()], settings: BOTH_COLOURS }));
    window = await Workbench.open(opened(await launchBrowser()), host);
  });

  it('chooses how the vault is opened, with a sentence for each way', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').waitFor();
    await window.pictures('first-run');
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.row('Passphrase').waitFor();
    await window.quickInput.row('Key file').waitFor();
    await window.pictures('passphrase-ways');
  });

  it('enters a passphrase once and confirms it, hears of a short and of a different one, and goes on to a secret', async () => {
    await window.quickInput.pick('Passphrase');
    await window.quickInput.answer('A new passphrase', 'short');
    await window.quickInput.message('8 characters or more').waitFor();
    await window.pictures('passphrase-short');
    await window.quickInput.answer('(1/2)', PASSPHRASE);
    await window.quickInput.answer('The same passphrase again', 'nine quiet lambs');
    await window.quickInput.message('The two are different').waitFor();
    await window.pictures('passphrase-different');
    await window.quickInput.answer('(2/2)', PASSPHRASE);
    await typeSecret(window, { name: NAME, value: 'a value that nobody sees' });
    await window.secrets.row(NAME).waitFor();
  });

  it('is still in after the window is loaded again, and is asked nothing', async () => {
    await window.reload();
    await window.secrets.row(NAME).waitFor();
    expect(await window.quickInput.root.count()).toBe(0);
  });

  it('unlocks after the service was stopped; a wrong passphrase is refused with a sentence, and what was typed is kept', async () => {
    await stopService();
    await window.reload();
    await window.secrets.button('Open Secrets').click();
    await window.quickInput.root.filter({ hasText: 'The passphrase of the vault' }).waitFor();
    await window.pictures('passphrase-asked');
    await window.quickInput.answer('The passphrase of the vault', 'not this one');
    await window.quickInput.message('not the passphrase').waitFor();
    expect(await window.quickInput.box.inputValue()).toBe('not this one');
    expect(await window.quickInput.box.getAttribute('type')).toBe('password');
    await window.pictures('passphrase-wrong');
    await window.quickInput.answer('Unlock the Local Vault', PASSPHRASE);
    await window.secrets.row(NAME).waitFor();
  });

  it('locks, and no name is on the screen any more', async () => {
    await window.closeNotifications();
    await window.run('Datalayer Secrets: Lock');
    await window.secrets.button('Unlock').waitFor();
    await window.secrets.row(NAME).waitFor({ state: 'detached' });
    await window.pictures('locked');
    expect(await window.page.locator('body').innerText()).not.toContain(NAME);
    expect(await window.page.content()).not.toContain(NAME);
  });

  it('opens it by a command that needs it, which then does its work', async () => {
    await window.run('Datalayer Secrets: Find Secret');
    await window.quickInput.answer('The passphrase of the vault', PASSPHRASE);
    await window.quickInput.row(NAME).waitFor();
    await window.page.keyboard.press('Escape');
    await window.secrets.row(NAME).waitFor();
  });

  it('may take a key file instead, which opens the vault without a click and is shown as what it is', async () => {
    await stopService();
    await rm(host.secretsHome, { recursive: true });
    await window.reload();
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.pick('Key file');
    await typeSecret(window, { name: NAME, value: 'a value that nobody sees' });
    await window.secrets.row(NAME).waitFor();
    await window.secrets.root.getByText('opened by key file').waitFor();
    await window.pictures('key-file');

    await stopService();
    await window.reload();
    await window.secrets.row(NAME).waitFor();
  });

  async function stopService(): Promise<void> {
    await commandLine(host, ['stop']);
    await expect.poll(() => host.services()).toEqual([]);
  }
});
