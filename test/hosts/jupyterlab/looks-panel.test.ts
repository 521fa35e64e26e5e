import path from 'node:path';
import { SecretValue } from '@datalayer-secrets/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { look } from './looks.ts';
import { commandLine, connect } from './outside.ts';
import { startHost, type Host } from './server.ts';

/** Where our pages of a Jupyter server are. */
const ROUTES = '**/datalayer-secrets/**';

describe('the panel, in light and in dark, in the eyes of axe', { timeout: 60_000 }, () => {
  let datalayer: DatalayerService;
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    datalayer = opened(await startDatalayerService());
    host = opened(await startHost({ env: { DATALAYER_IAM_URL: datalayer.origin } }));
    lab = await Lab.open(opened(await launchBrowser()), host);
  }, 120_000);

  it('while it asks', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    await lab.page.route(ROUTES, async (route) => {
      await answered;
      await route.continue();
    });
    await lab.secrets.open();
    await lab.secrets.root.getByText('Looking for your secrets…').waitFor();
    expect(await look(lab, 'panel-loading')).toEqual([]);
    answer();
    await lab.secrets.button('Use the Local Vault').waitFor();
    await lab.page.unroute(ROUTES);
  });

  it('that was never used', async () => {
    expect(await look(lab, 'panel-first')).toEqual([]);
  });

  it('without a secret', async () => {
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText('No secrets yet').waitFor();
    expect(await look(lab, 'panel-empty')).toEqual([]);
  });

  it('with secrets, one of which has the focus', async () => {
    await commandLine(host, ['create', 'DB_PASSWORD', '--type', 'password'], 'a value');
    await commandLine(host, ['create', 'HF_TOKEN', '--type', 'token', '--description', LONG], 'a value');
    await commandLine(
      host,
      ['create', LONG_NAME, '--type', 'key', '--description', 'of the weather service'],
      'a value',
    );
    await lab.secrets.row('HF_TOKEN').click();
    await lab.secrets.row(LONG_NAME).hover();
    expect(await look(lab, 'panel-list')).toEqual([]);
  });

  it('with the results of a search', async () => {
    await lab.secrets.searchBox.fill('weather');
    await lab.secrets.count.filter({ hasText: '1 result' }).waitFor();
    expect(await look(lab, 'panel-found')).toEqual([]);
  });

  it('with no result', async () => {
    await lab.secrets.searchBox.fill('SNOW_KEY');
    await lab.secrets.button('Create SNOW_KEY').waitFor();
    expect(await look(lab, 'panel-nothing-found')).toEqual([]);
    await lab.secrets.searchBox.press('Escape');
  });

  it('with one type alone', async () => {
    await lab.secrets.chip('Tokens').click();
    await lab.secrets.row('DB_PASSWORD').waitFor({ state: 'detached' });
    expect(await look(lab, 'panel-filtered')).toEqual([]);
    await lab.secrets.chip('All').click();
  });

  it('with two vaults, of which one can be loaded no more', async () => {
    datalayer.add({ name: 'REMOTE_KEY', value: 'a value' });
    const client = await connect(host);
    await client.service.signIn({ token: new SecretValue(datalayer.token) });
    client.close();
    await lab.secrets.row('REMOTE_KEY').waitFor();
    expect(await look(lab, 'panel-two-vaults')).toEqual([]);
    await datalayer.close();
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText(/cannot be reached/).waitFor();
    expect(await look(lab, 'panel-stale')).toEqual([]);
  });

  it('with two vaults that are locked', async () => {
    await commandLine(host, ['lock']);
    await lab.secrets.row('Locked').first().waitFor();
    expect(await look(lab, 'panel-locked-both')).toEqual([]);
  });

  it('without a running service', async () => {
    await commandLine(host, ['stop']);
    await lab.secrets.button('Open Secrets').waitFor();
    expect(await look(lab, 'panel-closed')).toEqual([]);
  });

  it('without the routes of its server', async () => {
    await lab.page.route(ROUTES, (route) => route.fulfill({ status: 404, body: 'Not Found' }));
    await lab.secrets.button('Refresh').click();
    await lab.secrets.button('Try Again').waitFor();
    expect(await look(lab, 'panel-failed')).toEqual([]);
  });

  it('where the server allows no vault on its machine', async () => {
    const strict = opened(await startHost({ config: { DatalayerSecrets: { allow_local_vault: false } } }));
    const page = opened(await Lab.open(opened(await launchBrowser()), strict));
    await page.secrets.open();
    await page.secrets.root.getByText('No vault on this server').waitFor();
    expect(await look(page, 'panel-no-vault')).toEqual([]);
  });

  it('and threw nothing meanwhile', () => {
    expect(lab.errors).toEqual([]);
  });
});

const LONG =
  'of the model hub, read only, until the end of the year, asked for by the people who measure the snow in the mountains';
const LONG_NAME = 'THE_KEY_OF_THE_SERVICE_THAT_KNOWS_HOW_MUCH_SNOW_LIES_IN_THE_MOUNTAINS';
