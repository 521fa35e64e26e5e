import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { addSecrets, allow } from '../../test/hosts/jupyterlab/grants.ts';
import { Lab, WINDOW } from '../../test/hosts/jupyterlab/lab.ts';
import { addBashKernel, notebookOf, pythonNotebook } from '../../test/hosts/jupyterlab/samples.ts';
import { startHost, type Host } from '../../test/hosts/jupyterlab/server.ts';
import { buildLabextension, carryService, packWheel } from '../build/wheel.ts';
import { root } from '../places.ts';
import { makeSampleVault } from './sample-vault.ts';
import { PASSPHRASE, take } from './take.ts';

const SIDE_BAR = 340;

const DEPLOY = notebookOf('bash', 'bash', [
  { source: 'curl -s -d "forecast is out" "$WEBHOOK_URL" || echo "cannot reach $WEBHOOK_URL"' },
]);
const TIDES = 'import os\n\ntides = os.environ["TIDES_API_KEY"]';

export async function picturesOfJupyter(browser: Browser): Promise<void> {
  await carryService();
  await buildLabextension();
  await packWheel();
  const host = await startHost();
  try {
    await cp(path.join(root, 'scripts/start/workspace'), host.workspace, { recursive: true });
    await writeFile(path.join(host.workspace, 'deploy.ipynb'), DEPLOY);
    await writeFile(path.join(host.workspace, 'tides.ipynb'), pythonNotebook(TIDES));
    await addBashKernel(host);
    await makeSampleVault(host.secretsHome, PASSPHRASE);
    const context = await browser.newContext({ ...WINDOW, viewport: { width: 1280, height: 760 } });
    const lab = await Lab.openIn(context, host, 'lab/tree/forecast.ipynb?reset');
    await lab.secrets.open();
    await widenSideBar(lab);
    await lab.secrets.button('Open Secrets').click();
    await lab.page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await lab.page.keyboard.press('Enter');
    await lab.secrets.row('WEATHER_API_KEY').waitFor();

    await run(lab);
    await missing(lab);
    await leftOut(lab, host);
    await grants(lab);
    await create(lab);
    await lab.close();
  } finally {
    await host.stop();
  }
}

/** A reference is inserted, and runs. */
async function run(lab: Lab): Promise<void> {
  await lab.kernelIsReady('forecast.ipynb');
  await lab.closeNotifications();
  await lab.cell(1).getByRole('textbox').click();
  await lab.page.keyboard.press('Control+Enter');
  const cell = lab.page.locator('.jp-CodeCell .cm-line', { hasText: 'api_key =' });
  await cell.click();
  await lab.page.keyboard.press('End');
  await lab.secrets.act('Insert reference to', 'WEATHER_API_KEY');
  await cell.filter({ hasText: 'os.environ["WEATHER_API_KEY"]' }).waitFor();
  const announced = lab.notification('may use WEATHER_API_KEY from now on');
  await announced.waitFor();
  await lab.page.keyboard.press('Control+Enter');
  await lab.page.locator('.jp-OutputArea-output', { hasText: '[WEATHER_API_KEY]' }).waitFor();
  await lab.secrets.standing('WEATHER_API_KEY', 'In this kernel').waitFor();
  const told = lab.notification('with the next cell');
  await told.getByRole('button', { name: 'Hide notification' }).click();
  await told.waitFor({ state: 'detached' });
  await keep(lab, 'jupyterlab-run', announced);
  await lab.closeNotifications();
}

/** A cell asks for a secret that is not there. */
async function missing(lab: Lab): Promise<void> {
  await open(lab, 'tides.ipynb');
  await lab.code(0).click();
  await lab.page.keyboard.press('Control+Enter');
  await lab.notification('The cell asks for TIDES_API_KEY').waitFor();
  await keep(lab, 'jupyterlab-missing');
  await lab.closeNotifications();
}

/** A kernel that takes variables at its start, and what no kernel takes. */
async function leftOut(lab: Lab, host: Host): Promise<void> {
  await addSecrets(host, { HTTPS_PROXY: 'not the real proxy', SERVICE_ACCOUNT: '{}'.padEnd(40_000) });
  await allow(host, 'deploy.ipynb', 'WEBHOOK_URL', 'HTTPS_PROXY', 'SERVICE_ACCOUNT');
  await open(lab, 'deploy.ipynb');
  await lab.code(0).click();
  await lab.page.keyboard.press('Control+Enter');
  await lab.outputs(0).getByText('[WEBHOOK_URL]').waitFor();
  await lab.secrets.allow('SMTP_PASSWORD');
  await lab.secrets.standing('SMTP_PASSWORD', 'There once the kernel is restarted').waitFor();
  await lab.closeNotifications();
  await keep(lab, 'jupyterlab-left-out');
}

async function grants(lab: Lab): Promise<void> {
  const form = await lab.secrets.openGrants();
  await form.root
    .getByRole('button', { name: /^Revoke / })
    .first()
    .waitFor();
  await keep(lab, 'jupyterlab-grants');
  await form.button('Close').click();
}

async function create(lab: Lab): Promise<void> {
  await open(lab, 'forecast.ipynb');
  await lab.secrets.button('Create Secret').click();
  await lab.secrets.form('Create Secret').field('Name').fill('weather-key');
  await keep(lab, 'jupyterlab-create');
}

async function open(lab: Lab, name: string): Promise<void> {
  await lab.openNotebook(name);
  await lab.kernelIsReady(name);
  await lab.secrets.open();
}

async function widenSideBar({ page, secrets }: Lab): Promise<void> {
  const before = await secrets.root.boundingBox();
  if (!before) throw new Error('There is no side bar.');
  const edge = before.x + before.width + 2;
  await page.mouse.move(edge, 500);
  await page.mouse.down();
  await page.mouse.move(before.x + SIDE_BAR, 500, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(900, 700);
}

/** `held`: a message that would go by itself. */
async function keep({ page }: Lab, name: string, held?: Locator): Promise<void> {
  await (held ? held.hover() : page.mouse.move(900, 600));
  const settled = async (scheme: 'light' | 'dark') => {
    await page.locator(`body[data-jp-theme-light="${scheme === 'light'}"]`).waitFor({ state: 'attached' });
    await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
    await page
      .locator('.Toastify__toast')
      .evaluateAll((toasts) =>
        Promise.allSettled(toasts.flatMap((toast) => toast.getAnimations().map(({ finished }) => finished))),
      );
  };
  // A message goes when the animation of its time ends.
  await take(page, name, settled, held ? 'allow' : 'disabled');
}
