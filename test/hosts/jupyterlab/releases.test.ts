import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { installedProgram } from './installed.ts';
import { Lab } from './lab.ts';
import { commandLine, connect } from './outside.ts';
import { startHost, type Host } from './server.ts';

const NAME = 'WEATHER_API_KEY';
const WAITING = { timeout: 20_000, interval: 50 };

describe('a user whose Jupyter server or service is not of our release', { timeout: 90_000 }, () => {
  let browser: Browser;
  const opened = closing();
  beforeAll(async () => {
    browser = opened(await launchBrowser());
  });

  it('is told where the server extension is not there, and how to have it', async () => {
    const config = { ServerApp: { jpserver_extensions: { jupyterlab_datalayer_secrets: false } } };
    const host = opened(await startHost({ config }));
    const lab = await Lab.open(browser, host);
    await lab.secrets.open();
    await lab.secrets.root
      .getByRole('alert')
      .filter({ hasText: 'lacks the server part of Datalayer Secrets' })
      .waitFor();
    await lab.pictures('fault-no-extension');
    expect(lab.errors).toEqual([]);
    await lab.close();
  });

  it('goes on with the service of a newer package, and is told where that is too new', async () => {
    const host = opened(await startHost());
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    const lab = await Lab.open(browser, host);
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
    const before = await host.services();

    // Another editor brings a newer one, which takes the place of the one that runs.
    const newer = path.join(path.dirname(host.home), 'newer', 'service.cjs');
    await newerService(host, newer);
    await promisify(execFile)(process.execPath, [newer, 'ensure', '--label', 'a newer editor', '--scope', 'full'], {
      env: host.environment,
    });
    await expect.poll(() => host.services(), WAITING).not.toEqual(before);
    expect(await host.services()).toHaveLength(1);
    const client = await connect(host);
    expect((await client.service.status()).version).toBe('9.0.0');
    await client.service.unlock({ interactive: true });
    client.close();
    await commandLine(host, ['create', 'CREATED_IN_NEWER', '--type', 'key'], 'a value');
    await lab.secrets.row('CREATED_IN_NEWER').waitFor();

    await editRunFile(host, { protocol: 99 });
    await host.restart();
    await lab.visit();
    await lab.secrets.open();
    await lab.secrets.root.getByText('The running secrets service is newer than this program knows.').waitFor();
    await lab.secrets.root.getByText('Update this extension or package.').waitFor();
    await lab.pictures('fault-too-new');
    await lab.close();
  });
});

/** A copy of the service that the wheel brought, as a later release of it. */
async function newerService(host: Host, file: string): Promise<void> {
  const ours = await readFile((await installedProgram(host)).service, 'utf8');
  const newer = ours.replace(/="0\.1\.0"/, '="9.0.0"');
  expect(newer).not.toBe(ours);
  await mkdir(path.dirname(file));
  await writeFile(file, newer);
}

async function editRunFile(host: Host, changes: object): Promise<void> {
  const folder = path.join(host.secretsHome, 'run');
  const [name = ''] = await readdir(folder);
  const file = path.join(folder, name);
  const run = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...run, ...changes }));
}
