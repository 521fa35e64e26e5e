import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { addRKernel, NOTEBOOK, R_NOTEBOOK, savedCells } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { createSecret, drag, setUpWithPassphrase, typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'WEATHER_API_KEY';
const REFERENCE = `os.environ["${NAME}"]`;

describe('a user who has just installed the wheel, in JupyterLab, without a keychain', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ files: { 'forecast.ipynb': NOTEBOOK, 'forecast-r.ipynb': R_NOTEBOOK } }));
    await addRKernel(host);
    lab = await Lab.open(opened(await launchBrowser()), host);
  }, 120_000);

  it('sees two ways to begin, and nothing was started for that', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').waitFor();
    await lab.secrets.button('Sign in to Datalayer').waitFor();
    expect(await host.services()).toEqual([]);
  });

  it('makes a vault with a passphrase and goes on to the first secret, without an account', async () => {
    await setUpWithPassphrase(lab, PASSPHRASE);
    await typeSecret(lab, {
      name: NAME,
      type: 'Key',
      value: 'a value that nobody sees',
      description: 'of the weather service',
    });
    expect(await lab.page.content()).not.toContain('nobody sees');
  });

  it('finds a secret by parts of its name and description, the best first, and sees how many there are', async () => {
    await createSecret(lab, { name: 'SMTP_PASSWORD', type: 'Password', value: 'another value' });
    await createSecret(lab, {
      name: 'FORECAST_TOKEN',
      type: 'Token',
      value: 'a third value',
      description: 'weather maps',
    });
    await lab.secrets.searchBox.fill('weather');
    await lab.secrets.count.filter({ hasText: '2 results' }).waitFor();
    expect((await lab.secrets.rows()).map((row) => row.split(',')[0])).toEqual([NAME, 'FORECAST_TOKEN']);
    await lab.secrets.searchBox.fill('maps forecast');
    await lab.secrets.count.filter({ hasText: '1 result' }).waitFor();
    await lab.secrets.searchBox.press('Escape');
    await lab.secrets.row('SMTP_PASSWORD').waitFor();
  });

  it('sees one type alone, and all again', async () => {
    await lab.secrets.chip('Passwords').click();
    await lab.secrets.row(NAME).waitFor({ state: 'detached' });
    await lab.secrets.row('SMTP_PASSWORD').waitFor();
    await lab.secrets.chip('All').click();
    await lab.secrets.row(NAME).waitFor();
  });

  it('puts another value under the same name', async () => {
    await lab.secrets.act('Replace value of', NAME);
    const form = lab.secrets.form('Replace Value');
    await form.field('New value').fill('a newer value');
    await form.button('Replace').click();
    await lab.notification(`${NAME} is replaced`).waitFor();
    await lab.secrets.row(NAME).waitFor();
  });

  it('inserts a reference into a cell, the import once; the output of the other cell stays', async () => {
    await lab.openNotebook('forecast.ipynb');
    await lab.secrets.open();
    await lab.code(1).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(1)).toBe(`import os\napi_key = ${REFERENCE}`);

    await lab.code(2).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(2)).toBe(`again = ${REFERENCE}`);
    await lab.outputs(0).getByText('Ghent, Porto').waitFor();
  });

  it('takes all of it back with one undo', async () => {
    await lab.code(1).click();
    await lab.page.keyboard.press('Control+Z');
    await expect.poll(() => lab.source(1)).toBe('api_key = ');
    await lab.page.keyboard.press('Control+Shift+Z');
    await expect.poll(() => lab.source(1)).toBe(`import os\napi_key = ${REFERENCE}`);
  });

  it('inserts it by the context menu of a cell', async () => {
    await lab.code(2).click();
    await lab.page.keyboard.press('Control+A');
    await lab.page.keyboard.type('menu = ');
    await lab.contextMenu(lab.code(2), 'Insert Reference to Secret');
    await lab.dialog().getByRole('combobox').fill('weather');
    await lab.dialog().getByRole('option', { name: NAME }).click();
    await expect.poll(() => lab.source(2)).toBe(`menu = ${REFERENCE}`);
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

  it('inserts a reference as R asks for it into a notebook of R', async () => {
    await lab.openNotebook('forecast-r.ipynb');
    await lab.secrets.open();
    await lab.code(1).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(1)).toBe(`api_key <- Sys.getenv("${NAME}")`);
    await lab.pictures('reference-r');
  });

  it('is asked for nothing after the page was loaded again', async () => {
    await lab.reload();
    await lab.secrets.row(NAME).waitFor();
    expect(await lab.dialog().count()).toBe(0);
  });

  it('is asked for nothing after the Jupyter server was started again: the service has kept the vault open', async () => {
    const before = await host.services();
    await host.restart();
    await lab.visit();
    await lab.secrets.row(NAME).waitFor();
    expect(await host.services()).toEqual(before);
  });

  it('deletes the secret after a question that names it', async () => {
    await lab.secrets.act('Delete', NAME);
    await lab.dialog().filter({ hasText: NAME }).getByRole('button', { name: 'Cancel' }).click();
    await lab.secrets.act('Delete', NAME);
    await lab.dialog().filter({ hasText: NAME }).getByRole('button', { name: 'Delete' }).click();
    await lab.secrets.row(NAME).waitFor({ state: 'detached' });
    await lab.secrets.row('SMTP_PASSWORD').waitFor();
  });

  it('has seen a page that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});
