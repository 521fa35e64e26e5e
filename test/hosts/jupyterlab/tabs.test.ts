import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab, WINDOW } from './lab.ts';
import { commandLine } from './outside.ts';
import { NOTEBOOK, savedCells } from './samples.ts';
import { startHost, type Host } from './server.ts';

const WAITING = { timeout: 60_000, interval: 100 };
const NAMES = Array.from({ length: 12 }, (_, index) => `forecast-${index + 1}.ipynb`);
/** A machine has two cores; a browser with twelve pages that load at once shows nothing for a long time. */
const AT_ONCE = 4;

/** A browser has six connections to an address: tabs that keep one open each starve the seventh. */
describe('twelve notebooks of Notebook 7, each in a tab of its own', { timeout: 90_000 }, () => {
  let host: Host;
  let context: BrowserContext;
  /** What pages asked of our routes, and when. */
  const asked: string[] = [];
  const tabs: Lab[] = [];
  inSteps(() => tabs[0]);
  const opened = closing();
  beforeAll(async () => {
    const source = NOTEBOOK.replace('again = ', 'print(6 * 7)');
    host = opened(await startHost({ app: 'notebook', files: Object.fromEntries(NAMES.map((name) => [name, source])) }));
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', 'WEATHER_API_KEY', '--type', 'key'], 'a value');
    context = opened(await opened(await launchBrowser()).newContext(WINDOW));
    context.on('request', (request) => {
      if (request.url().includes('/datalayer-secrets')) asked.push(`${request.method()} ${request.url()}`);
    });
  }, 120_000);

  it('are all loaded', async () => {
    for (let first = 0; first < NAMES.length; first += AT_ONCE) {
      const some = NAMES.slice(first, first + AT_ONCE).map((name) => Lab.openIn(context, host, `notebooks/${name}`));
      tabs.push(...(await Promise.all(some)));
    }
    await Promise.all(tabs.map((tab) => tab.cell(2).waitFor()));
  });

  it('all run a cell', async () => {
    for (const [index, tab] of tabs.entries()) {
      await tab.kernelIsReady(NAMES[index] ?? '');
      await tab.code(2).click();
      await tab.page.keyboard.press('Shift+Enter');
    }
    for (const tab of tabs) await tab.outputs(2).getByText('42').waitFor();
  });

  it('are all saved', async () => {
    for (const tab of tabs) await tab.page.keyboard.press('Control+S');
    for (const name of NAMES) {
      await expect.poll(async () => (await savedCells(host, name))[2], WAITING).toMatchObject({ outputs: 1 });
    }
  });

  it('asked for nothing of ours meanwhile, as no panel was open', () => {
    expect(asked).toEqual([]);
  });

  it('all list the secrets, and follow what others change', async () => {
    await Promise.all(tabs.map((tab) => tab.secrets.open()));
    await Promise.all(tabs.map((tab) => tab.secrets.row('WEATHER_API_KEY').waitFor()));
    expect(asked.length).toBeGreaterThanOrEqual(NAMES.length); // so a request of ours is seen
    await commandLine(host, ['create', 'CREATED_OUTSIDE', '--type', 'key'], 'a value');
    await Promise.all(tabs.map((tab) => tab.secrets.row('CREATED_OUTSIDE').waitFor({ timeout: 5_000 })));
    await tabs[11]?.picture('twelfth-tab');
  });

  it('still run and save with all panels open', async () => {
    const [first, last] = [tabs[0], tabs[11]] as [Lab, Lab];
    for (const tab of [first, last]) {
      await tab.code(0).click();
      await tab.page.keyboard.press('Control+A');
      await tab.page.keyboard.type('print("run again")');
      await tab.page.keyboard.press('Shift+Enter');
      await tab.outputs(0).getByText('run again').waitFor();
      await tab.page.keyboard.press('Control+S');
    }
    for (const name of [NAMES[0], NAMES[11]])
      await expect
        .poll(async () => (await savedCells(host, name ?? ''))[0]?.source, WAITING)
        .toBe('print("run again")');
    expect(tabs.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
