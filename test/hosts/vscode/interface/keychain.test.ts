import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchSecretService, type BusWatch } from '../../../fixtures/bus-watch.ts';
import { keyringMissing, startKeyring, type Keyring } from '../../../fixtures/keyring.ts';
import { processes, ProcessWatch, type SeenProcess } from '../../../fixtures/processes.ts';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { commandLine } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

const NAME = 'WEATHER_API_KEY';

describe.skipIf(keyringMissing() !== null)('a user with a keychain', { timeout: 120_000 }, () => {
  let keyring: Keyring;
  let bus: BusWatch;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    keyring = opened(await startKeyring());
    bus = opened(await watchSecretService(keyring.env));
    host = opened(await startHost({ keyring, vsix: [await builtVsix()], settings: BOTH_COLOURS }));
    window = await Workbench.open(opened(await launchBrowser()), host);
  });

  it('has a vault with one click, and the next thing is the first secret', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.root.filter({ hasText: 'The name, as code will ask for it' }).waitFor();
    await window.pictures('keychain-first-secret');
    await typeSecret(window, { name: NAME, value: 'a value that nobody sees', description: 'of the weather service' });
    await window.secrets.row(NAME).waitFor();
    expect(bus.calls).toContain('Collection.CreateItem');
    await window.pictures('keychain-tree');
  });

  it('finds the list there, without a click, after the window is loaded again', async () => {
    const before = await host.services();
    await window.reload();
    await window.secrets.row(NAME).waitFor();
    expect(await host.services()).toEqual(before);
  });

  it('finds the list there without a click after the service was stopped: the keychain did not ask', async () => {
    await stopService();
    await window.reload();
    await window.secrets.row(NAME).waitFor();
    expect(await host.services()).toHaveLength(1);
  });

  it('opens the vault with one click where the keychain asked the last time; nothing is started before', async () => {
    await stopService();
    const asked = { [process.execPath]: 3_000 }; // milliseconds that the last unlock took
    await writeFile(path.join(host.secretsHome, 'interpreters.json'), JSON.stringify(asked));
    await window.reload();
    await window.secrets.button('Open Secrets').waitFor();
    expect(await host.services()).toEqual([]);
    await window.pictures('keychain-closed');
    await window.secrets.button('Open Secrets').click();
    await window.secrets.row(NAME).waitFor();
  });

  it('starts no process while the view is hidden, not even to look', async () => {
    const isOurs = ({ command, environment }: SeenProcess) =>
      command.includes('service.cjs') && environment.includes(`DATALAYER_SECRETS_HOME=${host.secretsHome}\0`);
    await window.secrets.close();
    await stopService();
    // What the window had still under way ends with it; in the next one nothing was called.
    await window.reload();
    await expect.poll(() => processes().filter(isOurs), { timeout: 10_000 }).toEqual([]);
    const watch = new ProcessWatch(isOurs);
    try {
      await window.reload();
      // A command of ours that needs no service: once the channel is shown, the extension has started and was called.
      // A window that is still starting can lose a panel that is opened in it; then the user shows it once more.
      const channel = window.page.locator('.part.panel', { hasText: 'Datalayer Secrets' });
      const shown = async () => {
        await window.run('Datalayer Secrets: Show Log');
        return channel.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        );
      };
      await expect.poll(shown, { timeout: 60_000 }).toBe(true);
      expect(watch.seen).toEqual([]);

      await window.secrets.open();
      await window.secrets.row(NAME).waitFor();
      expect(watch.seen).not.toEqual([]);
    } finally {
      watch.stop();
    }
  });

  it('says that the keychain is locked, after a click, and asks for nothing before', async () => {
    await stopService();
    await keyring.lock();
    await window.reload();
    await window.secrets.button('Unlock').waitFor();
    expect(bus.calls.filter((call) => call.startsWith('Prompt.'))).toEqual([]);
    await window.pictures('keychain-locked');
    await window.secrets.button('Unlock').click();
    await window.notification('The keychain of the system is locked').waitFor();
    await window.pictures('keychain-locked-clicked');
  });

  async function stopService(): Promise<void> {
    await commandLine(host, ['stop']);
    await expect.poll(() => host.services()).toEqual([]);
  }
});
