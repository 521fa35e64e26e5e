import { SecretValue } from '@datalayer-secrets/shared';
import type { CDPSession } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { commandLine, connect } from './outside.ts';
import { startHost, type Host } from './server.ts';

const COUNT = 10_000;
const AT_ONCE = 64;
/** What JavaScript of the page may take for one thing that a user does, with room for two busy cores. */
const SCRIPTING_MS = 500;

describe(`JupyterLab with ${COUNT.toLocaleString('en')} secrets`, { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  let devtools: CDPSession;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost());
    await commandLine(host, ['setup', '--key-file', `${host.home}/vault.key`]);
    await fill(host);
    lab = await Lab.open(opened(await launchBrowser()), host);
    devtools = await lab.page.context().newCDPSession(lab.page);
    await devtools.send('Performance.enable');
  }, 180_000);

  it('counts them by type and draws only what is on the screen', async () => {
    await lab.secrets.open();
    await lab.secrets.row('Keys, 5000 secrets').waitFor();
    await lab.secrets.chip('Tokens').filter({ hasText: '5,000' }).waitFor();
    expect((await lab.secrets.rows()).length).toBeLessThan(100);
    await lab.pictures('many');
  });

  it('closes a type at once, and opens it', async () => {
    const toggle = async () => {
      await lab.secrets.row('Keys, 5000 secrets').click();
      return lab.secrets.rows();
    };
    const [closed, closing] = await scripting(toggle);
    expect(closed.filter((row) => row.includes('_KEY'))).toEqual([]);
    const [open, opening] = await scripting(toggle);
    expect(open.filter((row) => row.includes('_KEY')).length).toBeGreaterThan(5);
    expect(Math.max(closing, opening)).toBeLessThan(SCRIPTING_MS);
  });

  it('goes to the last of them and back by two keys', async () => {
    await lab.secrets.row('Keys, 5000 secrets').focus();
    const [, went] = await scripting(async () => {
      await lab.page.keyboard.press('End');
      await lab.secrets.row('SERVICE_09999_TOKEN').waitFor();
    });
    expect(await focused()).toMatch(/^SERVICE_09999_TOKEN/);
    await lab.page.keyboard.press('ArrowUp');
    expect(await focused()).toMatch(/^SERVICE_09997_TOKEN/);
    expect((await lab.secrets.rows()).length).toBeLessThan(100);
    await lab.page.keyboard.press('Home');
    expect(await focused()).toBe('Keys, 5000 secrets');
    expect(went).toBeLessThan(SCRIPTING_MS);
  });

  it('shows one type alone at once, and all again', async () => {
    const [, filtering] = await scripting(async () => {
      await lab.secrets.chip('Tokens').click();
      await lab.secrets.row('Keys').waitFor({ state: 'detached' });
    });
    const [, showing] = await scripting(async () => {
      await lab.secrets.chip('All').click();
      await lab.secrets.row('Keys').waitFor();
    });
    expect(Math.max(filtering, showing)).toBeLessThan(SCRIPTING_MS);
  });

  it('finds one of them at once, by parts of its name in any order', async () => {
    const [, searching] = await scripting(async () => {
      await lab.secrets.searchBox.fill('token 07531');
      await lab.secrets.count.filter({ hasText: /^1 result$/ }).waitFor();
    });
    expect((await lab.secrets.rows())[0]).toMatch(/^SERVICE_07531_TOKEN/);
    await lab.pictures('many-found');
    expect(searching).toBeLessThan(SCRIPTING_MS);
  });

  it('finds most of them with one letter as fast, and draws only what is on the screen', async () => {
    const [, searching] = await scripting(async () => {
      await lab.secrets.searchBox.fill('s');
      await lab.secrets.count.filter({ hasText: '10,000 results' }).waitFor();
    });
    expect((await lab.secrets.rows()).length).toBeLessThan(100);
    expect(searching).toBeLessThan(SCRIPTING_MS);
    expect(lab.errors).toEqual([]);
  });

  function focused(): Promise<string | null> {
    return lab.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
  }

  /** What an action resolves with, and the milliseconds of JavaScript that the page ran meanwhile. */
  async function scripting<T>(action: () => Promise<T>): Promise<[T, number]> {
    const before = await scriptingSoFar();
    const result = await action();
    return [result, (await scriptingSoFar()) - before];
  }

  async function scriptingSoFar(): Promise<number> {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? NaN);
  }
});

/** Even numbers are keys, odd ones tokens. */
async function fill(host: Host): Promise<void> {
  const client = await connect(host);
  const secrets = client.service.secrets('local');
  let next = 0;
  const work = async () => {
    for (let number = next++; number < COUNT; number = next++) {
      const type = number % 2 === 0 ? 'key' : 'token';
      const name = `SERVICE_${String(number).padStart(5, '0')}_${type.toUpperCase()}`;
      const value = new SecretValue(`value ${number}`);
      await secrets.create({ name, type, description: `of service ${number}`, value });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  client.close();
}
