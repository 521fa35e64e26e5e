import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { NOTEBOOK, SCRIPT } from './samples.ts';
import { inSteps } from '../../steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'WEATHER_API_KEY';

describe('a user who has just installed the extension', { timeout: 120_000 }, () => {
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    const files = { 'forecast.ipynb': NOTEBOOK, 'forecast.py': SCRIPT };
    host = opened(await startHost({ vsix: [await builtVsix()], files, settings: BOTH_COLOURS }));
    window = await Workbench.open(opened(await launchBrowser()), host);
  });

  it('sees two ways to begin, and nothing was started for that', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').waitFor();
    await window.secrets.button('Sign in to Datalayer').waitFor();
    expect(await host.services()).toEqual([]);
  });

  it('stores the first secret, without an account, and finds it in the tree', async () => {
    await window.secrets.button('Use the Local Vault').click();
    await window.quickInput.pick('Passphrase');
    await window.quickInput.answer('A new passphrase', PASSPHRASE);
    await window.quickInput.answer('The same passphrase again', PASSPHRASE);
    await typeSecret(window, { name: NAME, value: 'a value that nobody sees', description: 'of the weather service' });
    await window.secrets.row(NAME).waitFor();
    await window.pictures('tree');
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
      .poll(() => savedCells(host), { timeout: 10_000 })
      .toEqual([
        { source: 'print("Ghent, Porto")', outputs: 1 },
        { source: `import os\napi_key = os.environ["${NAME}"]`, outputs: 0 },
      ]);
    await window.pictures('reference');
  });

  it('deletes the secret after a question that names it', async () => {
    await window.run('Datalayer Secrets: Delete Secret');
    await window.quickInput.pick(NAME);
    await window.dialog().filter({ hasText: NAME }).waitFor();
    await window.pictures('delete');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.row(NAME).waitFor({ state: 'detached' });
    await window.secrets.button('Create Secret').waitFor();
  });
});

async function savedCells(host: Host): Promise<{ source: string; outputs: number }[]> {
  const { cells } = JSON.parse(await readFile(path.join(host.workspace, 'forecast.ipynb'), 'utf8')) as {
    cells: { source: string[]; outputs: unknown[] }[];
  };
  return cells.map(({ source, outputs }) => ({ source: source.join(''), outputs: outputs.length }));
}
