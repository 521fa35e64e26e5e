import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { filesThatHold, holds, spellings } from '../../fixtures/spellings.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab, WINDOW } from './lab.ts';
import { Recorder } from './recorder.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { typeSecret } from './user.ts';

// What a JupyterHub starts for each user: a server below a prefix, on a machine without a desktop.
const baseUrl = '/user/a/';
const NAME = 'WEATHER_API_KEY';
const PASSPHRASE = 'nine quiet lamps';
const WAITING = { timeout: 20_000, interval: 50 };

const opened = closing();
let browser: Browser;
let datalayer: DatalayerService;
beforeAll(async () => {
  browser = opened(await launchBrowser());
  datalayer = opened(await startDatalayerService());
});

describe('a user of a hub without a vault on its machines, whose server has an API key', { timeout: 60_000 }, () => {
  const apiKey = `key-${randomBytes(9).toString('hex')}`;
  let host: Host;
  let lab: Lab;
  let recorder: Recorder;
  inSteps(() => lab);
  beforeAll(async () => {
    datalayer.addAccount('grace', apiKey);
    datalayer.add({ name: NAME, value: 'a value', owner: 'grace' });
    host = opened(
      await startHost({
        baseUrl,
        files: { 'forecast.ipynb': NOTEBOOK },
        env: { DATALAYER_IAM_URL: datalayer.origin, DATALAYER_API_KEY: apiKey },
        config: { DatalayerSecrets: { allow_local_vault: false } },
      }),
    );
    const context = await browser.newContext(WINDOW);
    recorder = new Recorder(context);
    lab = await Lab.openIn(context, host);
  }, 120_000);

  it('sees the secrets of the account without a click, and that the API key of the server opened them', async () => {
    expect(await host.services()).toEqual([]);
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    await lab.secrets.root.getByText(/@grace, by DATALAYER_API_KEY, not remembered/).waitFor();
    await lab.pictures('hub-api-key');
  });

  it('creates and inserts as everywhere, and is nowhere offered a vault on the machine', async () => {
    await lab.openNotebook('forecast.ipynb');
    await lab.secrets.open();
    await lab.secrets.button('Create Secret').click();
    await typeSecret(lab, { name: 'CREATED_ON_HUB', value: 'a value' });
    expect(datalayer.calls('POST', /secrets$/)).toHaveLength(1);
    await lab.code(1).click();
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await expect.poll(() => lab.source(1)).toBe(`import os\napi_key = os.environ["${NAME}"]`);
    expect(await lab.secrets.root.getByText(/local vault/i).count()).toBe(0);
    const refused = await lab.page.evaluate(async (url) => {
      const xsrf = /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const headers = { 'content-type': 'application/json', 'x-xsrftoken': xsrf };
      const answer = await fetch(url, { method: 'POST', headers, body: '{"slot":"file"}' });
      return { status: answer.status, ...((await answer.json()) as { code: string }) };
    }, `${host.server.origin}${baseUrl}datalayer-secrets/api/vault/v1/setup`);
    expect(refused).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('is signed in again by itself after the service was killed', async () => {
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => host.services(), WAITING).toEqual([]);
    await lab.reload();
    await lab.secrets.row('CREATED_ON_HUB').waitFor();
  });

  it('has the API key in no answer, no file and no log', async () => {
    await recorder.settled();
    expect(recorder.told.some((text) => text.includes('CREATED_ON_HUB'))).toBe(true);
    expect(recorder.told.filter((text) => holds(text, spellings(apiKey)))).toEqual([]);
    expect(recorder.sent.filter(({ text }) => holds(text, spellings(apiKey)))).toEqual([]);
    expect(holds(host.server.output(), spellings(apiKey))).toBe(false);
    const { found, read } = await filesThatHold(path.dirname(host.home), spellings(apiKey));
    expect(found).toEqual([]);
    expect(read).toBeGreaterThan(5);
    expect(lab.errors).toEqual([]);
  });

  it('sees plainly that the API key is not accepted', async () => {
    datalayer.revoke(apiKey);
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText(/does not accept the sign-in any more|has ended/).waitFor();
    await lab.pictures('hub-api-key-refused');
    datalayer.addAccount('grace', apiKey);
  });
});

describe('a user of a hub without a vault on its machines', { timeout: 60_000 }, () => {
  it('is told so, and can sign in', async () => {
    const host = opened(
      await startHost({
        baseUrl,
        env: { DATALAYER_IAM_URL: datalayer.origin },
        config: { DatalayerSecrets: { allow_local_vault: false } },
      }),
    );
    const lab = await Lab.open(browser, host);
    await lab.secrets.open();
    await lab.secrets.root.getByText('No vault on this server').waitFor();
    await lab.pictures('hub-no-vault');
    expect(await lab.secrets.button('Use the Local Vault').count()).toBe(0);
    await lab.secrets.button('Sign in to Datalayer').click();
    const form = lab.secrets.form('Sign in to Datalayer');
    await form.field('Token or API key').fill(datalayer.token);
    await form.button('Sign In').click();
    await lab.secrets.root.getByText(/@ada, sign-in not remembered/).waitFor();
    await lab.close();
  });
});

describe('a user of a hub with a vault in the home folder', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  beforeAll(async () => {
    host = opened(await startHost({ baseUrl, env: { DATALAYER_IAM_URL: datalayer.origin } }));
    lab = await Lab.open(browser, host);
  }, 120_000);

  it('is told that there is no keychain, and makes a vault with a passphrase', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').click();
    await lab.secrets
      .form('Local Vault')
      .root.getByText(/keychain/)
      .waitFor();
    await lab.pictures('hub-no-keychain');
    const form = lab.secrets.form('Local Vault');
    await form.field('New passphrase').fill(PASSPHRASE);
    await form.field('The same again').fill(PASSPHRASE);
    await form.button('Make the Vault').click();
    await typeSecret(lab, { name: NAME, value: 'a value' });
  });

  it('opens it with the passphrase after the machine was started again', async () => {
    await host.server.stop();
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await host.restart();
    await lab.visit();
    await lab.secrets.button('Open Secrets').waitFor();
    expect(await host.services()).toEqual([]);
    await lab.secrets.button('Open Secrets').click();
    const unlock = lab.secrets.form('Unlock');
    await unlock.field('Passphrase').fill(PASSPHRASE);
    await unlock.button('Unlock').click();
    await lab.secrets.row(NAME).waitFor();
  });

  it('finds it open after only the Jupyter server was started again', async () => {
    await host.restart();
    await lab.visit();
    await lab.secrets.row(NAME).waitFor();
    expect(lab.errors).toEqual([]);
  });
});
