import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../../scripts/places.ts';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { inSteps } from '../../steps.ts';
import { builtVsix } from './vsix.ts';
import { Workbench } from './workbench.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n';
const SCRIPT = 'import sys\n\ntoken = "tok-1234567890"\n';
const BESIDE = 'é\r\n\0🙂 ';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe('with an open vault', () => {
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    host = await startHost({
      vsix: [await builtVsix()],
      files: { 'script.py': SCRIPT, 'value.txt': BESIDE, 'latin.txt': '' },
      settings: { 'workbench.colorTheme': 'Default Dark Modern' },
    });
    await writeFile(path.join(host.workspace, 'latin.txt'), Uint8Array.of(0x63, 0xe9));
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    window = await Workbench.open(browser, host);
    await window.openFile('script.py');
  });
  afterAll(() => host.stop());

  const box = () => window.quickInput.box;
  const said = (text: string | RegExp) =>
    window.quickInput.root.locator('.quick-input-message').filter({ hasText: text }).waitFor();
  const answer = (step: string, text: string) => window.quickInput.answer(step, text);
  const next = () => box().press('Enter');
  const button = (label: string) => window.quickInput.root.getByRole('button', { name: label }).click();
  const clipboard = () => window.page.evaluate(() => navigator.clipboard.readText());
  const copy = (text: string) => window.page.evaluate((value) => navigator.clipboard.writeText(value), text);
  const editor = () =>
    window.page
      .locator('.editor-instance .view-lines')
      .innerText()
      .then((text) => text.replaceAll('\u00a0', ' '));
  async function valueOf(name: string): Promise<string> {
    await copy('before');
    await window.run('Datalayer Secrets: Copy Value');
    await window.quickInput.pick(name);
    await window.page.locator('.statusbar', { hasText: `The value of ${name} is in the clipboard` }).waitFor();
    await expect.poll(clipboard).not.toBe('before');
    return await clipboard();
  }

  it('keeps the line breaks of a pasted key and says what was taken', async () => {
    await window.run('Datalayer Secrets: Create Secret…');
    await box().fill('PATH');
    await said('never set as an environment variable');
    await answer('1/4', 'DEPLOY_KEY');
    await window.quickInput.root.filter({ hasText: '2/4' }).waitFor();
    await button('Back');
    await expect.poll(() => box().inputValue()).toBe('DEPLOY_KEY');
    await next();
    await window.quickInput.pick('Key');
    await copy(PEM);
    await window.quickInput.root.filter({ hasText: '3/4' }).waitFor();
    await box().press('Control+V');
    await said(/3 lines, \d+ bytes, from the clipboard. Ends with a line break/);
    await window.picture('create-pasted-dark');
    await next();
    await answer('4/4', '');
    await window.notification('DEPLOY_KEY is stored.').waitFor();
    expect(await valueOf('DEPLOY_KEY')).toBe(PEM);
  });

  it('refuses a name twice, and takes a file byte for byte', async () => {
    await window.run('Datalayer Secrets: Create Secret…');
    await box().fill('DEPLOY_KEY');
    await said('exists already');
    await next();
    await said('exists already');
    await answer('1/4', 'FROM_FILE');
    await window.quickInput.pick('Generic');
    await window.quickInput.root.filter({ hasText: '3/4' }).waitFor();
    await takeFile('latin.txt');
    await said('The file is no UTF-8 text');
    await takeFile('value.txt');
    await said(/2 lines, \d+ bytes, from value.txt/);
    await next();
    await answer('4/4', '');
    await window.notification('FROM_FILE is stored.').waitFor();
    expect(await valueOf('FROM_FILE')).toBe(BESIDE);
  });

  async function takeFile(name: string): Promise<void> {
    await button('Take the text of a file…');
    await window.quickInput.root.filter({ hasText: 'Take the Value from a File' }).waitFor();
    await window.quickInput.pick(name);
    await window.quickInput.root.filter({ hasText: '3/4' }).waitFor();
  }

  it('loses nothing that was typed when the service ends in between', async () => {
    await window.run('Datalayer Secrets: Create Secret…');
    await answer('1/4', 'SURVIVOR');
    await window.quickInput.pick('Password');
    await answer('3/4', 'typed before the end');
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await answer('4/4', 'kept');
    await window.picture('create-after-kill-dark');
    await window.notification('SURVIVOR is stored.').waitFor();
    expect(await valueOf('SURVIVOR')).toBe('typed before the end');
  });

  it('makes a secret of a selection and puts a reference in its place, which one undo takes back', async () => {
    await window.page.locator('.editor-instance .view-line').nth(2).click();
    await window.page.keyboard.press('End');
    await window.page.keyboard.press('ArrowLeft');
    for (let typed = 'tok-1234567890'.length; typed > 0; typed--) await window.page.keyboard.press('Shift+ArrowLeft');
    await window.run('Datalayer Secrets: Create Secret from Selection');
    await answer('1/4', 'SERVICE_TOKEN');
    await window.quickInput.pick('Token');
    await said('1 line, 14 bytes, from the selection');
    await next();
    await answer('4/4', '');
    await window
      .notification('SERVICE_TOKEN is stored')
      .getByRole('button', { name: 'Replace by a Reference' })
      .click();
    await expect.poll(editor).toContain('token = os.environ["SERVICE_TOKEN"]');
    expect(await editor()).toContain('import os');
    await window.notification('git may still hold the value').waitFor();
    await window.picture('replaced-dark');
    await window.page.locator('.editor-instance .view-line').first().click();
    await window.page.keyboard.press('Control+Z');
    await expect.poll(editor).toContain('token = "tok-1234567890"');
    expect(await editor()).not.toContain('import os');
    expect(await valueOf('SERVICE_TOKEN')).toBe('tok-1234567890');
  });

  it('replaces a value under the same name', async () => {
    await window.run('Datalayer Secrets: Replace Value');
    await window.quickInput.pick('SERVICE_TOKEN');
    await window.quickInput.answer('The new value', 'tok-new');
    await window.notification('SERVICE_TOKEN is replaced').waitFor();
    expect(await valueOf('SERVICE_TOKEN')).toBe('tok-new');
  });

  it('renames after saying that references go by name', async () => {
    await window.run('Datalayer Secrets: Edit Name, Type or Description');
    await window.quickInput.pick('SURVIVOR');
    await answer('1/3', 'DATABASE_PASSWORD');
    await window.quickInput.pick('Password');
    await answer('3/3', 'of the database');
    await window.dialog().filter({ hasText: 'References go by name' }).waitFor();
    await window.picture('rename-dark');
    await window.dialog().getByRole('button', { name: 'Rename' }).click();
    await window.page.locator('.statusbar', { hasText: 'DATABASE_PASSWORD is changed' }).waitFor();
    expect(await valueOf('DATABASE_PASSWORD')).toBe('typed before the end');
  });

  it('finds by a part of the description, shows used ones first, and inserts at the cursor', async () => {
    await window.page.locator('.editor-instance .view-line').first().click();
    await window.page.keyboard.press('Control+Home');
    await window.run('Datalayer Secrets: Find Secret');
    await expect.poll(() => window.quickInput.row('').first().innerText()).toContain('DATABASE_PASSWORD');
    await window.picture('find-dark');
    await box().fill('databs');
    await expect.poll(() => window.quickInput.row('').count()).toBe(1);
    await window.quickInput.row('DATABASE_PASSWORD').getByRole('button', { name: 'Copy a reference' }).click();
    await expect.poll(clipboard).toBe('os.environ["DATABASE_PASSWORD"]');
    await window.run('Datalayer Secrets: Find Secret');
    await window.quickInput.answer('Find a Secret', 'DATABASE');
    await expect.poll(editor).toContain('os.environ["DATABASE_PASSWORD"]');
  });

  it('names what several deletions would delete', async () => {
    await window.secrets.open();
    for (const type of ['Generic', 'Keys']) {
      const group = window.secrets.row(type);
      if ((await group.getAttribute('aria-expanded')) === 'false') await group.click();
    }
    await window.secrets.row('FROM_FILE').click();
    await window.secrets.row('DEPLOY_KEY').click({ modifiers: ['Control'] });
    await window.page.keyboard.press('Delete');
    await window.dialog().filter({ hasText: 'FROM_FILE' }).filter({ hasText: 'DEPLOY_KEY' }).waitFor();
    await window.picture('delete-several-dark');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.row('FROM_FILE').waitFor({ state: 'detached' });
    await window.secrets.row('DEPLOY_KEY').waitFor({ state: 'detached' });
    await window.secrets.row('SERVICE_TOKEN').or(window.secrets.row('Tokens')).first().waitFor();
  });

  it('offers to copy where there is no editor to insert into', async () => {
    await window.run('View: Close All Editors');
    await window.run('Datalayer Secrets: Insert Reference to Secret');
    await window.quickInput.pick('SERVICE_TOKEN');
    const message = window.notification('No editor or notebook cell is active');
    await message.waitFor();
    await window.picture('no-editor-dark');
    await message.getByRole('button', { name: 'Copy Reference' }).click();
    await expect.poll(clipboard).toBe('secret://SERVICE_TOKEN');
  });
});

describe('when the service ended and its vault opens by passphrase only', () => {
  const PASSPHRASE = 'four calm rivers';
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  beforeAll(async () => {
    host = await startHost({ vsix: [await builtVsix()] });
    await commandLine(host, ['setup', '--passphrase'], `${PASSPHRASE}\n`);
    window = await Workbench.open(browser, host);
  });
  afterAll(() => host.stop());

  it('a secret being entered waits while the vault is unlocked, or is not', async () => {
    const { quickInput } = window;
    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('1/4', 'PATIENT_KEY');
    await quickInput.pick('Key');
    await quickInput.answer('3/4', 'typed once');
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await quickInput.answer('4/4', 'typed once, too');

    await quickInput.root.filter({ hasText: /passphrase/i }).waitFor();
    await quickInput.box.press('Escape');
    await quickInput.root.filter({ hasText: '4/4' }).filter({ hasText: 'Not stored' }).waitFor();
    expect(await quickInput.box.inputValue()).toBe('typed once, too');
    await window.picture('not-stored-light');

    await quickInput.box.press('Enter');
    await quickInput.answer(/passphrase/i, PASSPHRASE);
    await window.notification('PATIENT_KEY is stored.').waitFor();
    await window.run('Datalayer Secrets: Copy Value');
    await quickInput.pick('PATIENT_KEY');
    await expect.poll(() => window.page.evaluate(() => navigator.clipboard.readText())).toBe('typed once');
  });
});

/** Runs the command line for the user of a host. */
function commandLine(host: Host, args: readonly string[], input = ''): Promise<string> {
  const env = { HOME: host.home, DATALAYER_SECRETS_HOME: host.secretsHome, LANG: 'C.UTF-8' };
  return new Promise((resolve, reject) => {
    const program = path.join(root, 'server/dist/service.cjs');
    const child = execFile(process.execPath, [program, ...args], { env }, (error, stdout) => {
      if (error) reject(new Error(error.message));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
