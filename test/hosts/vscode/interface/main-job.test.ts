import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyringMissing, startKeyring, type Keyring } from '../../../fixtures/keyring.ts';
import { launchBrowser } from '../browser.ts';
import { startHost, type Host } from '../server.ts';
import { NOTEBOOK, SCRIPT } from './samples.ts';
import { inSteps } from './steps.ts';
import { builtVsix } from './vsix.ts';
import { Workbench } from './workbench.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'WEATHER_API_KEY';
const files = { 'forecast.ipynb': NOTEBOOK, 'forecast.py': SCRIPT };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe('a user without an account and without a keychain', () => {
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    host = await startHost({
      vsix: [await builtVsix()],
      files,
      settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    });
    window = await Workbench.open(browser, host);
  });
  afterAll(() => host.stop());

  it('sees two ways to begin, and nothing was started for that', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').waitFor();
    await window.secrets.button('Sign in to Datalayer').waitFor();
    expect(await host.services()).toEqual([]);
    await window.picture('first-run-dark');
  });

  it('chooses a passphrase, once, and is asked for the first secret', async () => {
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.pick('Passphrase');
    await window.quickInput.answer('A new passphrase', PASSPHRASE);
    await window.quickInput.answer('The same passphrase again', PASSPHRASE);
    await window.quickInput.root.filter({ hasText: 'The name, as code will ask for it' }).waitFor();
    await window.picture('create-name-dark');
  });

  it('stores the first secret and finds it in the tree', async () => {
    await createSecret(window, NAME, 'a value that nobody sees', 'of the weather service');
    await window.secrets.row(NAME).waitFor();
    await window.picture('tree-dark');
    expect((await window.secrets.texts()).join('\n')).not.toContain('nobody sees');
  });

  it('inserts a reference into a notebook cell; the output of the other cell stays', async () => {
    await window.openFile('forecast.ipynb');
    await window.cell(1).locator('.view-line').first().click();
    await window.page.keyboard.press('End');
    await window.run('Datalayer Secrets: Insert Reference to Secret');
    await window.quickInput.pick(NAME);
    await window.page.locator('.notebook-editor', { hasText: `os.environ["${NAME}"]` }).waitFor();
    await window.page.keyboard.press('Control+S');
    await expect
      .poll(() => savedCells(host))
      .toEqual([
        { source: 'print("Ghent, Porto")', outputs: 1 },
        { source: `import os\napi_key = os.environ["${NAME}"]`, outputs: 0 },
      ]);
    await window.picture('reference-dark');
  });

  it('is still in after a reload of the window', async () => {
    await window.reload();
    await window.secrets.open();
    await window.secrets.row(NAME).waitFor();
  });

  it('types the passphrase again after a lock; a wrong one is refused, with what was typed kept', async () => {
    await window.run('Datalayer Secrets: Lock');
    await window.secrets.button('Unlock').click();
    await window.quickInput.box.fill('not this one');
    await window.quickInput.box.press('Enter');
    await window.quickInput.root
      .filter({ hasText: /passphrase/i })
      .locator('.quick-input-message')
      .filter({ hasText: /wrong|not the/i })
      .waitFor();
    await window.picture('wrong-passphrase-dark');
    await window.quickInput.box.fill(PASSPHRASE);
    await window.quickInput.box.press('Enter');
    await window.secrets.row(NAME).waitFor();
  });

  it('deletes it after a question that names it', async () => {
    await window.run('Datalayer Secrets: Delete Secret');
    await window.quickInput.pick(NAME);
    await window.dialog().filter({ hasText: NAME }).waitFor();
    await window.picture('delete-dark');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.row(NAME).waitFor({ state: 'detached' });
    await window.secrets.button('Create Secret').waitFor();
  });
});

describe.skipIf(keyringMissing() !== null)('a user with a keychain', () => {
  let keyring: Keyring;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    keyring = await startKeyring();
    host = await startHost({
      keyring,
      vsix: [await builtVsix()],
      files,
      settings: { 'workbench.colorTheme': 'Default Light Modern' },
    });
    window = await Workbench.open(browser, host);
  });
  afterAll(async () => {
    await host.stop();
    await keyring.stop();
  });

  it('has the vault with one click, and the next thing is the first secret', async () => {
    await window.secrets.open();
    await window.picture('first-run-light');
    await window.secrets.button('Use the Local Vault').click();
    await createSecret(window, NAME, 'a value that nobody sees', 'of the weather service');
    await window.secrets.row(NAME).waitFor();
    await window.picture('tree-light');
  });

  it('opens the vault with one click after the service ended; nothing was started before', async () => {
    await endService();
    await window.reload();
    await window.secrets.open();
    await window.secrets.button('Open Secrets').waitFor();
    expect(await host.services()).toEqual([]);
    await window.secrets.button('Open Secrets').click();
    await window.secrets.row(NAME).waitFor();
  });

  it('finds the list there without a click, now that the keychain is known not to ask', async () => {
    await endService();
    await window.reload();
    await window.secrets.row(NAME).waitFor();
  });

  async function endService(): Promise<void> {
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => host.services()).toEqual([]);
  }
});

/** Answers the questions of a new secret, from the name on. */
async function createSecret(
  { quickInput }: Workbench,
  name: string,
  value: string,
  description: string,
): Promise<void> {
  await quickInput.answer('The name, as code will ask for it', name);
  await quickInput.pick('Key');
  await quickInput.answer('The value', value);
  await quickInput.answer(/description/i, description);
}

async function savedCells(host: Host): Promise<{ source: string; outputs: number }[]> {
  const { cells } = JSON.parse(await readFile(path.join(host.workspace, 'forecast.ipynb'), 'utf8')) as {
    cells: { source: string[]; outputs: unknown[] }[];
  };
  return cells.map(({ source, outputs }) => ({ source: source.join(''), outputs: outputs.length }));
}
