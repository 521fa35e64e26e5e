import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { commandLine } from './outside.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost, type Host } from './server.ts';

const NAME = 'WEATHER_API_KEY';

describe('a user of JupyterLab without a mouse', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ files: { 'forecast.ipynb': NOTEBOOK } }));
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', 'DB_PASSWORD', '--type', 'password'], 'a value');
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    await commandLine(host, ['create', 'MAPS_KEY', '--type', 'key'], 'a value');
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.openNotebook('forecast.ipynb');
  }, 120_000);

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await lab.page.keyboard.press(key);
  };
  /** What a screen reader says of the element that has the focus. */
  const focused = (): Promise<string> =>
    lab.page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.id ? document.querySelector(`label[for="${CSS.escape(element.id)}"]`)?.textContent : null;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
  const expectFocus = (said: string | RegExp) => expect.poll(focused).toMatch(said);

  it('comes into the panel by a command, and finds the first row', async () => {
    await lab.run('Show Secrets Panel');
    await lab.secrets.row(NAME).waitFor();
    await expectFocus('Passwords, 1 secret');
  });

  it('reaches all parts of the panel by Tab, each once', async () => {
    const order = ['Create Secret', 'Refresh', 'Vault and sign-in', 'Search secrets', 'All 3', 'Passwords 1', 'Keys 2'];
    for (const part of order.toReversed()) {
      await press('Shift+Tab');
      await expectFocus(new RegExp(`^${part}$`));
    }
    for (const part of order.slice(1)) {
      await press('Tab');
      await expectFocus(new RegExp(`^${part}$`));
    }
    await press('Tab');
    await expectFocus('Passwords, 1 secret');
  });

  it('opens, closes and walks the tree by arrows', async () => {
    await press('ArrowLeft');
    await lab.secrets.row('DB_PASSWORD').waitFor({ state: 'detached' });
    await press('ArrowRight');
    await lab.secrets.row('DB_PASSWORD').waitFor();
    await press('ArrowRight');
    await expectFocus(/^DB_PASSWORD, Password/);
    await press('End');
    await expectFocus(new RegExp(`^${NAME}, Key`));
    await press('ArrowLeft');
    await expectFocus('Keys, 2 secrets');
    await press('Home');
    await expectFocus('Passwords, 1 secret');
  });

  it('searches by /, goes into the results by an arrow, and back to all by Escape', async () => {
    await press('/');
    await expectFocus('Search secrets');
    await lab.page.keyboard.type('maps');
    await lab.secrets.count.filter({ hasText: '1 result' }).waitFor();
    await press('ArrowDown');
    await expectFocus(/^MAPS_KEY/);
    await press('Escape');
    await lab.secrets.row('DB_PASSWORD').waitFor();
    await expectFocus(/^MAPS_KEY/);
  });

  it('inserts a reference by Enter, and is in the cell then', async () => {
    await press('Enter');
    await expect.poll(() => lab.source(0)).toContain('os.environ["MAPS_KEY"]');
    await expect
      .poll(() => lab.page.evaluate(() => document.activeElement?.closest('.jp-Notebook-cell') !== null))
      .toBe(true);
  });

  it('fills in a form by keys, and is back in the cell then', async () => {
    await lab.run('Create Secret…');
    await expectFocus('Name');
    await lab.page.keyboard.type('SNOW_TOKEN');
    await press('Tab', 'Tab');
    await expectFocus('Value');
    await lab.page.keyboard.type('a value');
    await press('Enter');
    await lab.secrets.row('SNOW_TOKEN').waitFor();
    await expectFocus(/Code Cell Content/);
  });

  it('leaves a form by Escape, and is on the secret again that it was about', async () => {
    await lab.run('Find Secret');
    await expectFocus('Search secrets');
    await press('ArrowDown', 'End', 'ArrowUp', 'ArrowUp');
    await expectFocus(new RegExp(`^${NAME}, Key`));
    await press('F2');
    await expectFocus('Name');
    await press('Escape');
    await expectFocus(new RegExp(`^${NAME}, Key`));
  });

  it('is asked by Delete; Enter deletes nothing, and the next row has the focus once it is gone', async () => {
    await lab.run('Find Secret');
    await expectFocus('Search secrets');
    await lab.page.keyboard.type('maps');
    await lab.secrets.count.filter({ hasText: '1 result' }).waitFor();
    await press('ArrowDown', 'Escape');
    await expectFocus(/^MAPS_KEY/);
    await press('Delete');
    await lab.dialog().filter({ hasText: 'MAPS_KEY' }).waitFor();
    await expectFocus('Cancel');
    await press('Enter');
    await lab.dialog().waitFor({ state: 'detached' });
    await expectFocus(/^MAPS_KEY/);
    await press('Delete');
    await lab.dialog().waitFor();
    await press('Tab');
    await expectFocus('Delete');
    await press('Enter');
    await lab.secrets.row('MAPS_KEY').waitFor({ state: 'detached' });
    await expectFocus(new RegExp(`^${NAME}`));
  });

  it('is not fetched out of a cell by a list that comes late', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    await lab.page.route('**/datalayer-secrets/**', async (route) => {
      await answered;
      await route.continue();
    });
    await lab.reload();
    await lab.run('Show Secrets Panel');
    await lab.secrets.root.getByText('Looking for your secrets…').waitFor();
    await expectFocus('Secrets');
    await lab.code(1).click();
    answer();
    await lab.secrets.row(NAME).waitFor();
    expect(await lab.code(1).evaluate((code) => code === document.activeElement)).toBe(true);
    await lab.page.unroute('**/datalayer-secrets/**');
  });

  it('has seen a page that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});
