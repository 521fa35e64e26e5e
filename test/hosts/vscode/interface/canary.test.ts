import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../../fixtures/datalayer-service.ts';
import { ProcessWatch } from '../../../fixtures/processes.ts';
import { filesThatHold, holds, spellings } from '../../../fixtures/spellings.ts';
import { launchProfile } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { NOTEBOOK } from './samples.ts';
import { inSteps } from '../../steps.ts';
import { storedStates } from '../../stored.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { WINDOW, Workbench } from './workbench.ts';

/** A browser looks at what stands in a box a second after a change, and writes it two and a half later, unless it is masked. */
const BROWSER_SAVES_MS = 5_000;
const WAITING = { timeout: 30_000, interval: 250 };

const mark = (): string => randomBytes(9).toString('hex');

/** In every value, passphrase and token that is typed or pasted. */
const MARK = mark();
/** In the value that stands in a file of the user before it becomes a secret. */
const SELECTED = mark();
/** In the API key that the user has put into the environment of the editor. */
const API_KEY = mark();
/** In the name of a secret: listed and found, and kept on disk nowhere but sealed. */
const NAMED = mark().toUpperCase();
/** Put where nothing must be found, to see that it would be. */
const PLANTED = mark();

const PASSPHRASE = `passphrase ${MARK}`;
const NEW_PASSPHRASE = `another passphrase ${MARK}`;
const PASTED = `-----BEGIN KEY-----\n${MARK}\n-----END KEY-----\n`;
const NAME = `NAME_${NAMED}`;
const SCRIPT = `headers = {"X-Api-Key": "${SELECTED}"}\n`;
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const TOKEN = `${base64url('{"alg":"HS256"}')}.${base64url(`{"sub":"ada","jti":"${MARK}"}`)}.${MARK}`;

describe('values, passphrases and tokens that went through every feature', { timeout: 180_000 }, () => {
  let folder: string;
  let profile: string;
  let datalayer: DatalayerService;
  let host: Host;
  let browser: BrowserContext;
  let window: Workbench;
  let processes: ProcessWatch;
  /** What a page or a server said. */
  const said: string[] = [];
  inSteps(() => window);
  const opened = closing();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'canary-'));
    opened({ stop: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) });
    const temp = path.join(folder, 'temp');
    await mkdir(temp);
    profile = path.join(folder, 'profile');
    processes = opened(new ProcessWatch());
    datalayer = opened(await startDatalayerService());
    datalayer.addAccount('ada', TOKEN);
    datalayer.addAccount('grace', `key-${API_KEY}`);
    host = opened(
      await startHost({
        vsix: [await builtVsix()],
        files: { 'forecast.ipynb': NOTEBOOK, 'forecast.py': SCRIPT },
        env: {
          TMPDIR: temp,
          DATALAYER_IAM_URL: datalayer.origin,
          DATALAYER_API_KEY: `key-${API_KEY}`,
          NODE_OPTIONS: `--import=${new URL('../logs/register.ts', import.meta.url).href}`, // an address has no blanks
        },
      }),
    );
    browser = opened(await launchProfile(profile, temp, WINDOW));
    window = await Workbench.openIn(browser, host);
    window.page.on('console', (message) => said.push(message.text()));
  });

  it('are stored, found, used, changed and abandoned', async () => {
    const { page, quickInput } = window;
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').click();
    await quickInput.pick('Passphrase');
    await quickInput.answer('A new passphrase', PASSPHRASE);
    await quickInput.answer('The same passphrase again', PASSPHRASE);
    await quickInput.root.filter({ hasText: 'The name, as code will ask for it' }).waitFor();
    // A name lies on disk where a value would, were its box not masked: it is the right place that is searched later.
    await quickInput.box.fill(NAME);
    const sessions = path.join(profile, 'Default/Sessions');
    await expect
      .poll(async () => (await filesThatHold(sessions, spellings(NAME))).found.length, WAITING)
      .toBeGreaterThan(0);
    await typeSecret(window, { name: NAME, value: `typed ${MARK}`, description: `of ${NAMED}` });
    await window.secrets.row(NAME).waitFor();

    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('The name, as code will ask for it', 'PASTED_KEY');
    await quickInput.pick('Key');
    await quickInput.root.filter({ hasText: 'The value' }).waitFor();
    await page.evaluate((text) => navigator.clipboard.writeText(text), PASTED);
    await quickInput.box.press('Control+V');
    await quickInput.message('from the clipboard').waitFor();
    await quickInput.box.press('Enter');
    await quickInput.answer(/description/i, '');
    await window.notification('PASTED_KEY is stored').waitFor();

    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('The name, as code will ask for it', 'NEVER_STORED');
    await quickInput.pick('Key');
    await quickInput.root.filter({ hasText: 'The value' }).waitFor();
    expect(await quickInput.root.getByRole('button', { name: 'Show what is typed' }).count()).toBe(0);
    await quickInput.box.fill(`abandoned ${MARK}`);
    await page.waitForTimeout(BROWSER_SAVES_MS);
    await quickInput.box.press('Escape');
    await quickInput.root.waitFor({ state: 'detached' });

    await window.openFile('forecast.py');
    await page.locator('.editor-instance .view-line').first().click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    for (let left = SELECTED.length; left > 0; left--) await page.keyboard.press('Shift+ArrowLeft');
    await window.run('Datalayer Secrets: Create Secret from Selection');
    await quickInput.answer('The name, as code will ask for it', 'SELECTED_KEY');
    await quickInput.pick('Key');
    await quickInput.message('from the selection').waitFor();
    await quickInput.box.press('Enter');
    await quickInput.answer(/description/i, '');
    await window.notification('SELECTED_KEY is stored').getByRole('button', { name: 'Replace by a Reference' }).click();
    await page.locator('.editor-instance', { hasText: 'os.environ["SELECTED_KEY"]' }).waitFor();
    await page.keyboard.press('Control+S');
    await expect.poll(() => readFile(path.join(host.workspace, 'forecast.py'), 'utf8')).not.toContain(SELECTED);

    await window.openFile('forecast.ipynb');
    await window.cell(1).locator('.view-line').first().click();
    await window.run('Datalayer Secrets: Insert Reference to Secret');
    await quickInput.pick('PASTED_KEY');
    await page.locator('.notebook-editor', { hasText: 'os.environ["PASTED_KEY"]' }).waitFor();
    await page.keyboard.press('Control+S');

    await window.run('Datalayer Secrets: Copy Value');
    await quickInput.pick('PASTED_KEY');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(PASTED);
    await window.run('Datalayer Secrets: Replace Value');
    await quickInput.pick('PASTED_KEY');
    await quickInput.answer('The new value', `replaced ${MARK}`);
    await window.notification('PASTED_KEY is replaced').waitFor();
    await window.run('Datalayer Secrets: Edit Name, Type or Description');
    await quickInput.pick('PASTED_KEY');
    await quickInput.answer('(1/3)', 'PASTED_KEY');
    await quickInput.pick('Key');
    await quickInput.answer('(3/3)', 'edited');
    await window.secrets.row('edited').waitFor();
    await window.run('Datalayer Secrets: Find Secret');
    await quickInput.box.fill(NAME.slice(0, 12));
    await quickInput.row(NAME).getByRole('button', { name: 'Copy a reference' }).click();
    await window.run('Datalayer Secrets: Delete Secret');
    await quickInput.pick('SELECTED_KEY');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.row('SELECTED_KEY').waitFor({ state: 'detached' });
  });

  it('are refused, sent to another machine, and lost on the way', async () => {
    const { page, quickInput } = window;
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await quickInput.pick('Paste a token or an API key');
    await quickInput.answer('A token or an API key', `${TOKEN}-wrong`);
    await quickInput.message('not accepted').waitFor();
    await quickInput.answer('Sign in to Datalayer', TOKEN);
    await window.secrets.row('@ada').waitFor();
    datalayer.fail({ status: 500, message: `fault ${MARK}` }, { method: 'POST', times: 1 });
    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.pick('@ada');
    await typeSecret(window, { name: 'REMOTE_KEY', value: `remote ${MARK}` });
    await quickInput.message('has a fault').waitFor();
    await quickInput.box.press('Enter');
    await window.notification('REMOTE_KEY is stored').waitFor();
    datalayer.listWithValues = true;
    await window.run('Datalayer Secrets: Refresh');
    await window.run('Datalayer Secrets: Copy Value');
    await quickInput.pick('REMOTE_KEY');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`remote ${MARK}`);
    await window.run('Datalayer Secrets: Sign out');
    await window.dialog().getByRole('button', { name: 'Sign Out' }).click();
    await window.secrets.row('REMOTE_KEY').waitFor({ state: 'detached' });

    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await quickInput.pick('Use DATALAYER_API_KEY');
    await window.dialog().getByRole('button', { name: 'Use This Account' }).click();
    await window.secrets.row('@grace').waitFor();

    await window.run('Datalayer Secrets: Set Passphrase');
    await quickInput.answer('(1/2)', NEW_PASSPHRASE);
    await quickInput.answer('(2/2)', NEW_PASSPHRASE);
    await window.notification('The passphrase is set').waitFor();
    await window.run('Datalayer Secrets: Lock');
    await window.secrets.row(NAME).waitFor({ state: 'detached' });
    await window.run('Datalayer Secrets: Unlock');
    await quickInput.answer('The passphrase of the vault', PASSPHRASE);
    await quickInput.message('not the passphrase').waitFor();
    await quickInput.answer('Unlock the Local Vault', NEW_PASSPHRASE);
    await window.secrets.row(NAME).waitFor();

    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.pick('Local vault');
    await quickInput.answer('The name, as code will ask for it', 'AFTER_KILL');
    await quickInput.pick('Key');
    await quickInput.answer('The value', `typed before the end ${MARK}`);
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await quickInput.answer(/description/i, '');
    await quickInput.answer('Unlock the Local Vault', NEW_PASSPHRASE);
    await window.notification('AFTER_KILL is stored').waitFor();
  });

  it('are not on the screen, and not in the page', async () => {
    await window.secrets.row(NAME).waitFor(); // it is the right page that is searched
    expect(holds(await window.page.content(), spellings(MARK))).toBe(false);
    for (const frame of window.page.frames()) expect(holds(frame.url(), spellings(MARK))).toBe(false);
  });

  it('are not in the storage of the browser, once the window has saved its state', async () => {
    const { page } = window;
    // What is not saved of a document is kept on disk a second later; the state of a window every five seconds.
    await window.run('File: New Untitled Text File');
    await page.keyboard.type('an unsaved text');
    await expect
      .poll(async () => (await filesThatHold(host.editor, [Buffer.from('an unsaved text')])).found.length, WAITING)
      .toBeGreaterThan(0);
    await window.secrets.close();
    await window.reload(); // more is saved at the end of a window
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    );
    const stored = [kept, ...(await storedStates(page)).map(({ key, value }) => `${key}\n${value}`)].join('\n');
    expect(stored.includes('datalayerSecrets.secrets')).toBe(true); // it is the right place that is searched
    expect(holds(stored, [MARK, NAMED, SELECTED, API_KEY].flatMap(spellings))).toBe(false);
  });

  it('are in no file of the vault, the editor, the browser and the workspace, nor in a temporary one', async () => {
    await plantInBrowser();
    await browser.close();
    for (const place of [path.dirname(host.home), folder]) {
      for (const [what, text] of Object.entries({ MARK, NAMED, API_KEY })) {
        const { found, read } = await filesThatHold(place, spellings(text));
        // What is typed without a mask, such as a name, a browser keeps to bring the page back after a crash.
        const kept = text === NAMED ? found.filter((file) => !file.includes('/Sessions/')) : found;
        expect({ what, kept }).toEqual({ what, kept: [] });
        expect(read).toBeGreaterThan(20);
      }
    }
    // The planted one was in the database of the page and its storage, and is found on disk.
    const { found } = await filesThatHold(profile, spellings(PLANTED));
    expect(found.some((file) => file.includes('IndexedDB'))).toBe(true);
    expect(found.some((file) => file.includes('Local Storage'))).toBe(true);
  });

  it('are not left of a file that was saved with a reference in the place of its value', async () => {
    const { found } = await filesThatHold(path.dirname(host.home), spellings(SELECTED));
    expect(found).toEqual([]);
  });

  it('are in no log and no output, and those are there', async () => {
    const logs = path.join(host.editor, 'data/data/logs');
    const names = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('Datalayer Secrets.log'));
    const [ours = ''] = await Promise.all(names.map((name) => readFile(path.join(logs, name), 'utf8')));
    expect(ours).toContain('datalayerSecrets.replaceValue');
    expect(ours).toContain('kind=');
    const service = await readFile(path.join(host.secretsHome, 'log/service.log'), 'utf8');
    expect(service).toContain('request failed');
    const all = [ours, service, host.server.output(), ...said].join('\n');
    expect(holds(all, [MARK, NAMED, SELECTED, API_KEY].flatMap(spellings))).toBe(false);
  });

  it('are in the arguments and the environment of no process', async () => {
    const planted = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', PLANTED], {
      env: { [`PLANTED_${PLANTED}`]: base64url(PLANTED) },
    });
    const of = (text: string) =>
      processes.seen.filter(({ command, environment }) => holds(`${command}\n${environment}`, spellings(text)));
    await expect.poll(() => of(PLANTED).length).toBeGreaterThan(0);
    planted.kill();
    await once(planted, 'exit');

    expect(of(MARK)).toEqual([]);
    expect(of(NAMED)).toEqual([]);
    const ours = processes.seen.filter(({ command }) => command.includes('service.cjs'));
    expect(ours.length).toBeGreaterThan(2);
    // The user has given it to the editor, which does not hand it on.
    expect(of(API_KEY).filter((process) => ours.includes(process))).toEqual([]);
    expect(of(API_KEY).filter(({ command }) => holds(command, spellings(API_KEY)))).toEqual([]);
  });

  it('would be found in a file in each of their spellings', async () => {
    const place = path.join(folder, 'planted');
    await mkdir(place);
    const written = spellings(PLANTED);
    for (const [index, spelling] of written.entries()) {
      await writeFile(path.join(place, String(index)), Buffer.concat([randomBytes(5), spelling, randomBytes(5)]));
    }
    await writeFile(path.join(place, 'unlike'), mark());
    const { found, read } = await filesThatHold(place, spellings(PLANTED));
    expect(found).toHaveLength(written.length);
    expect(read).toBe(written.length + 1);
  });

  /** Leaves a mark where the page of an editor keeps what it has to remember. */
  async function plantInBrowser(): Promise<void> {
    await window.page.evaluate(async (text) => {
      localStorage.setItem('planted', text);
      const opening = indexedDB.open('planted', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('table');
      await new Promise((resolve) => (opening.onsuccess = resolve));
      const transaction = opening.result.transaction('table', 'readwrite');
      transaction.objectStore('table').put(text, 'key');
      await new Promise((resolve) => (transaction.oncomplete = resolve));
    }, PLANTED);
    expect((await storedStates(window.page)).some(({ value }) => value === PLANTED)).toBe(true);
  }
});
