import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { NOTEBOOK, savedCells } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { createSecret, drag, setUpWithPassphrase, typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'WEATHER_API_KEY';
const REFERENCE = `os.environ["${NAME}"]`;

describe('a user of Notebook 7 without a keychain', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ app: 'notebook', files: { 'forecast.ipynb': NOTEBOOK } }));
    lab = await Lab.open(opened(await launchBrowser()), host);
  }, 120_000);

  it('finds the panel beside the files, and nothing was started for that', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').waitFor();
    await lab.secrets.button('Sign in to Datalayer').waitFor();
    await lab.pictures('notebook-tree');
    expect(await host.services()).toEqual([]);
  });

  it('makes a vault there and stores the first secret, without an account', async () => {
    await setUpWithPassphrase(lab, PASSPHRASE);
    await typeSecret(lab, { name: NAME, value: 'a value that nobody sees', description: 'of the weather service' });
    expect(await lab.page.content()).not.toContain('nobody sees');
  });

  it('finds it in the page of a notebook, and is asked for nothing', async () => {
    await lab.openNotebook('forecast.ipynb');
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    await lab.pictures('notebook-panel');
  });

  it('searches, filters and replaces a value there', async () => {
    await createSecret(lab, { name: 'SMTP_PASSWORD', type: 'Password', value: 'another value' });
    await lab.run('Find Secret');
    await expect.poll(() => lab.secrets.searchBox.evaluate((box) => box === document.activeElement)).toBe(true);
    await lab.page.keyboard.type('weather');
    await lab.secrets.count.filter({ hasText: '1 result' }).waitFor();
    await lab.secrets.searchBox.press('Escape');
    await lab.secrets.chip('Passwords').click();
    await lab.secrets.row(NAME).waitFor({ state: 'detached' });
    await lab.secrets.chip('All').click();

    await lab.secrets.act('Replace value of', NAME);
    const form = lab.secrets.form('Replace Value');
    await form.field('New value').fill('a newer value');
    await form.button('Replace').click();
    await lab.notification(`${NAME} is replaced`).waitFor();
  });

  it('inserts a reference into a cell, the import once; the output of the other cell stays', async () => {
    await lab.code(1).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(1)).toBe(`import os\napi_key = ${REFERENCE}`);
    await lab.code(2).click();
    await lab.page.keyboard.press('End');
    await lab.run('Insert Reference to Secret…');
    await lab.dialog().getByRole('combobox').fill('weather');
    await lab.dialog().getByRole('option', { name: NAME }).click();
    await expect.poll(() => lab.source(2)).toBe(`again = ${REFERENCE}`);
    await lab.outputs(0).getByText('Ghent, Porto').waitFor();
    await lab.pictures('notebook-reference');
  });

  it('takes all of it back with one undo, and inserts it by the context menu of the cell', async () => {
    await lab.code(1).click();
    await lab.page.keyboard.press('Control+Z');
    await expect.poll(() => lab.source(1)).toBe('api_key = ');
    await lab.page.keyboard.press('End');
    await lab.contextMenu(lab.code(1), 'Insert Reference to Secret');
    await lab.dialog().getByRole('option', { name: NAME }).click();
    await expect.poll(() => lab.source(1)).toBe(`import os\napi_key = ${REFERENCE}`);
  });

  it('drags it into a cell, to where it is dropped', async () => {
    await lab.code(2).click();
    await lab.page.keyboard.press('Control+A');
    await lab.page.keyboard.type('dragged = []');
    await drag(lab.secrets.row(NAME), lab.code(2).getByText(']', { exact: true }));
    await expect.poll(() => lab.source(2)).toBe(`dragged = [${REFERENCE}]`);
  });

  it('has all that in the saved notebook', async () => {
    await lab.page.keyboard.press('Control+S');
    await expect
      .poll(() => savedCells(host, 'forecast.ipynb'))
      .toEqual([
        { source: 'print("Ghent, Porto")', outputs: 1 },
        { source: `import os\napi_key = ${REFERENCE}`, outputs: 0 },
        { source: `dragged = [${REFERENCE}]`, outputs: 0 },
      ]);
  });

  it('is asked for nothing after the page was loaded again', async () => {
    await lab.reload();
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    expect(await lab.dialog().count()).toBe(0);
  });

  it('deletes the secret after a question that names it; a page of the tree that is open sees it', async () => {
    const tree = opened(await Lab.openIn(lab.page.context(), host));
    await tree.secrets.open();
    await tree.secrets.row(NAME).waitFor();
    await lab.secrets.act('Delete', NAME);
    await lab.dialog().filter({ hasText: NAME }).getByRole('button', { name: 'Delete' }).click();
    await lab.secrets.row(NAME).waitFor({ state: 'detached' });
    await tree.secrets.row(NAME).waitFor({ state: 'detached' });
    await tree.secrets.row('SMTP_PASSWORD').waitFor();
  });

  it('has seen pages that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});
