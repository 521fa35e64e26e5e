import { SecretValue } from '@datalayer-secrets/shared';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { commandLine, connect } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { builtVsix } from './vsix.ts';
import { Workbench } from './workbench.ts';

const COUNT = 10_000;
const AT_ONCE = 64;
/** What a user does not take for waiting, with room for two busy cores. */
const PROMPT_MS = 3_000;

describe(`with ${COUNT.toLocaleString('en')} secrets`, () => {
  let browser: Browser;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    browser = await launchBrowser();
    host = await startHost({ vsix: [await builtVsix()], settings: { 'workbench.colorTheme': 'Default Dark Modern' } });
    await commandLine(host, ['setup', '--key-file', `${host.home}/vault.key`]);
    await fill(host);
    window = await Workbench.open(browser, host);
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await host.stop();
  });

  it('the view counts them by type and draws only what is on the screen', async () => {
    await window.secrets.open();
    await window.secrets.row(/Keys\s*5,?000/).waitFor();
    await window.secrets.row(/Tokens\s*5,?000/).waitFor();
    expect((await window.secrets.texts()).length).toBeLessThan(100);
  });

  it('a type opens at once and goes down to single secrets', async () => {
    await window.secrets.row(/^Keys/).click();
    await window.secrets.row(' … ').first().waitFor({ timeout: PROMPT_MS });
    await window.secrets.row(' … ').first().click();
    await window.secrets.row('SERVICE_00002_KEY').waitFor({ timeout: PROMPT_MS });
    await window.picture('many-dark');
    expect((await window.secrets.texts()).length).toBeLessThan(100);
  });

  it('one type is shown alone at once, and all again', async () => {
    await window.run('Datalayer Secrets: Filter by Type');
    await window.quickInput.pick('Tokens');
    await window.secrets.root.getByText('Only Tokens are shown.').waitFor({ timeout: PROMPT_MS });
    await window.secrets.row(/Keys/).waitFor({ state: 'detached', timeout: PROMPT_MS });
    await window.picture('many-filtered-dark');
    await window.run('Datalayer Secrets: Show All Types');
    await window.secrets.row(/Keys\s*5,?000/).waitFor({ timeout: PROMPT_MS });
  });

  it('one of them is found at once, by parts of its name in any order', async () => {
    await window.run('Datalayer Secrets: Find Secret');
    await window.quickInput.row('SERVICE_').first().waitFor();
    await window.quickInput.box.fill('token 07531');
    await window.quickInput.row('SERVICE_07531_TOKEN').waitFor({ timeout: PROMPT_MS });
    await window.picture('many-find-dark');
    await window.page.keyboard.press('Escape');
  });
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
      await secrets.create({
        name,
        type,
        description: `of service ${number}`,
        value: new SecretValue(`value ${number}`),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  client.close();
}
