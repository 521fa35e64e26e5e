import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchSecretService, type BusWatch } from '../../fixtures/bus-watch.ts';
import { keyringMissing, startKeyring, type Keyring } from '../../fixtures/keyring.ts';
import { processes, ProcessWatch, type SeenProcess } from '../../fixtures/processes.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { commandLine } from './outside.ts';
import { startHost, type Host } from './server.ts';
import { typeSecret } from './user.ts';

const NAME = 'WEATHER_API_KEY';

describe.skipIf(keyringMissing() !== null)('a user of JupyterLab with a keychain', { timeout: 60_000 }, () => {
  let keyring: Keyring;
  let bus: BusWatch;
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    keyring = opened(await startKeyring());
    bus = opened(await watchSecretService(keyring.env));
    host = opened(await startHost({ keyring }));
    lab = await Lab.open(opened(await launchBrowser()), host);
  }, 120_000);

  it('has a vault with one click, and the next thing is the first secret', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').click();
    await lab.secrets.form('Create Secret').root.waitFor();
    await lab.pictures('keychain-first-secret');
    await typeSecret(lab, { name: NAME, value: 'a value that nobody sees', description: 'of the weather service' });
    expect(bus.calls).toContain('Collection.CreateItem');
  });

  it('finds the list there, without a click, after the page is loaded again', async () => {
    const before = await host.services();
    await lab.reload();
    await lab.secrets.row(NAME).waitFor();
    expect(await host.services()).toEqual(before);
  });

  it('finds the list there without a click after the service was stopped: the keychain did not ask', async () => {
    await stopService();
    await lab.reload();
    await lab.secrets.row(NAME).waitFor();
    expect(await host.services()).toHaveLength(1);
    expect(bus.calls.filter((call) => call.startsWith('Prompt.'))).toEqual([]);
  });

  it('opens the vault with one click where the keychain asked the last time; nothing is started before', async () => {
    await stopService();
    await unlockingTook(3_000);
    await lab.reload();
    await lab.secrets.button('Open Secrets').waitFor();
    expect(await host.services()).toEqual([]);
    await lab.pictures('keychain-closed');
    await lab.secrets.button('Open Secrets').click();
    await lab.secrets.row(NAME).waitFor();
  });

  it('starts no process while the panel is hidden, not even to look', async () => {
    const isOurs = ({ command, environment }: SeenProcess) =>
      command.includes('service.cjs') && environment.includes(`DATALAYER_SECRETS_HOME=${host.secretsHome}\0`);
    await lab.secrets.close();
    await expect.poll(restoredPanel).toBe('filebrowser');
    await stopService();
    // What the page had still under way ends with it; in the next one nothing was called.
    await lab.reload();
    await expect.poll(() => processes().filter(isOurs)).toEqual([]);
    const watch = new ProcessWatch(isOurs);
    try {
      await lab.reload();
      // A command of ours that needs no service: once it has answered, the extension has started and was called.
      await lab.run('Create Secret from Selection…');
      await lab.notification('Nothing is selected').waitFor();
      expect(watch.seen).toEqual([]);

      await lab.secrets.open();
      await lab.secrets.row(NAME).waitFor();
      expect(watch.seen).not.toEqual([]);
    } finally {
      watch.stop();
    }
  });

  it('says that the keychain is locked, after a click, and asks for nothing before', async () => {
    await stopService();
    await keyring.lock();
    await lab.reload();
    await lab.secrets.button('Unlock').waitFor();
    expect(bus.calls.filter((call) => call.startsWith('Prompt.'))).toEqual([]);
    await lab.pictures('keychain-locked');
    await lab.secrets.button('Unlock').click();
    await lab.notification('The keychain of the system is locked').waitFor();
    await lab.pictures('keychain-locked-clicked');
    expect(lab.errors).toEqual([]);
  });

  async function stopService(): Promise<void> {
    await commandLine(host, ['stop']);
    await expect.poll(() => host.services()).toEqual([]);
  }

  /** Writes down for the program that runs the service how long the keychain took, in milliseconds: long, when it asks. */
  async function unlockingTook(duration: number): Promise<void> {
    const file = path.join(host.secretsHome, 'interpreters.json');
    const known = JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
    const changed = Object.fromEntries(Object.keys(known).map((program) => [program, duration]));
    await writeFile(file, JSON.stringify(changed));
  }

  /** Id of the panel that a page would start with. */
  async function restoredPanel(): Promise<string | undefined> {
    const folder = path.join(host.data, 'config/lab/workspaces');
    const [name = ''] = await readdir(folder);
    const { data } = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as {
      data: { 'layout-restorer:data'?: { left?: { current?: string } } };
    };
    return data['layout-restorer:data']?.left?.current;
  }
});
