import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Locator } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { ProcessWatch } from '../../fixtures/processes.ts';
import { filesThatHold, holds, spellings } from '../../fixtures/spellings.ts';
import { launchProfile } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { storedStates } from '../stored.ts';
import { Heap, heldFields, WHOLE_STRINGS } from './heap.ts';
import { Lab, WINDOW, type SecretsForm } from './lab.ts';
import { valueOf } from './outside.ts';
import { Recorder } from './recorder.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost, type Host } from './server.ts';

/** A browser looks at what stands in a box a second after a change, and writes it two and a half later, unless it is kept from it. */
const BROWSER_SAVES_MS = 5_000;
const WAITING = { timeout: 30_000, interval: 250 };

const mark = (): string => randomBytes(9).toString('hex');

/** In every value, passphrase and token that is typed, pasted or read from a file. */
const MARK = mark();
/** In the value that stands in a notebook before it becomes a secret. */
const SELECTED = mark();
/** In the name of a secret: listed and found, and kept on disk nowhere but sealed. */
const NAMED = mark().toUpperCase();
/** Put where nothing must be found, to see that it would be. */
const PLANTED = mark();

const PASSPHRASE = `passphrase ${MARK}`;
const NEW_PASSPHRASE = `another passphrase ${MARK}`;
const LINES = `-----BEGIN KEY-----\n${MARK}\n-----END KEY-----\n`;
const NAME = `NAME_${NAMED}`;
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const TOKEN = `${base64url('{"alg":"HS256"}')}.${base64url(`{"sub":"ada","jti":"${MARK}"}`)}.${MARK}`;

describe('values, passphrases and tokens that went through every feature of the panel', { timeout: 60_000 }, () => {
  let folder: string;
  let profile: string;
  let keyFile: string;
  let datalayer: DatalayerService;
  let host: Host;
  let browser: BrowserContext;
  let recorder: Recorder;
  let lab: Lab;
  let processes: ProcessWatch;
  /** What the page made up. */
  let generated: string;
  inSteps(() => lab);
  const opened = closing();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'canary-'));
    opened({ stop: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) });
    const [temp, own] = [path.join(folder, 'temp'), path.join(folder, 'of-the-user')];
    for (const place of [temp, own]) await mkdir(place);
    profile = path.join(folder, 'profile');
    keyFile = path.join(own, 'key.pem');
    await writeFile(keyFile, `from a file ${MARK}`);
    processes = opened(new ProcessWatch());
    datalayer = opened(await startDatalayerService());
    datalayer.addAccount('ada', TOKEN);
    host = opened(
      await startHost({
        files: { 'forecast.ipynb': NOTEBOOK.replace('api_key = ', `api_key = \\"${SELECTED}\\"`) },
        env: { TMPDIR: temp, DATALAYER_IAM_URL: datalayer.origin },
        config: { ServerApp: { log_level: 'DEBUG', logging_config: intoFile(path.join(folder, 'jupyter.log')) } },
      }),
    );
    browser = opened(await launchProfile(profile, temp, WINDOW, [WHOLE_STRINGS]));
    recorder = new Recorder(browser);
    lab = await Lab.openIn(browser, host);
  }, 120_000);

  it('are typed, pasted, generated, read from a file, and abandoned', async () => {
    const { page, secrets } = lab;
    await secrets.open();
    await secrets.button('Use the Local Vault').click();
    const setUp = secrets.form('Local Vault');
    await enter(setUp.field('New passphrase'), PASSPHRASE);
    await enter(setUp.field('The same again'), PASSPHRASE);
    await setUp.button('Make the Vault').click();

    const form = secrets.form('Create Secret');
    await form.field('Name').fill(NAME);
    await enter(form.field('Value'), `typed ${MARK}`);
    await form.field('Description').fill(`of ${NAMED}`);
    await store(form, NAME);

    await create('TYPED_LINES', async (value) => {
      await form.button('Several Lines').click();
      await enter(value, LINES);
    });
    expect(await valueOf(host, 'TYPED_LINES')).toBe(LINES);
    await create('PASTED', async (value) => {
      const other = await browser.newPage();
      await other.goto(host.url('api/status'));
      await other.evaluate((text) => navigator.clipboard.writeText(text), `pasted ${MARK}`);
      await other.close();
      await value.click();
      await page.keyboard.press('Control+V');
    });
    await create('FROM_FILE', async () => {
      const choosing = page.waitForEvent('filechooser');
      await form.button('From File…').click();
      await (await choosing).setFiles(keyFile);
      await form.root.getByText('The text of key.pem').waitFor();
    });
    await create('GENERATED', async (value) => {
      await form.button('Generate').click();
      generated = await value.inputValue();
    });
    expect(generated.length).toBeGreaterThan(16);

    await newSecret();
    await form.field('Name').fill('NEVER_STORED');
    await enter(form.field('Value'), `abandoned ${MARK}`);
    await page.waitForTimeout(BROWSER_SAVES_MS);
    await page.keyboard.press('Escape');
    await form.button('Throw Away').click();
    await form.root.waitFor({ state: 'detached' });
  });

  it('are taken from a notebook, replaced, and deleted', async () => {
    const { page, secrets } = lab;
    await lab.openNotebook('forecast.ipynb');
    await secrets.open();
    await lab.kernelIsReady('forecast.ipynb'); // until then the notebook takes the focus
    await lab.code(1).click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    for (let left = SELECTED.length; left > 0; left--) await page.keyboard.press('Shift+ArrowLeft');
    await lab.run('Create Secret from Selection…');
    const form = secrets.form('Create Secret');
    await form.field('Name').fill('SELECTED_KEY');
    expect(await form.field('Value').inputValue()).toBe(SELECTED);
    await store(form, 'SELECTED_KEY');
    await expect.poll(() => lab.source(1)).toContain('os.environ["SELECTED_KEY"]');
    await lab.code(1).click();
    await page.keyboard.press('Control+S');
    await expect.poll(() => readFile(path.join(host.workspace, 'forecast.ipynb'), 'utf8')).not.toContain(SELECTED);

    await secrets.act('Replace value of', 'PASTED');
    const replacement = secrets.form('Replace Value');
    await enter(replacement.field('New value'), `replaced ${MARK}`);
    await replacement.button('Replace').click();
    await replacement.root.waitFor({ state: 'detached' });
    expect(await valueOf(host, 'PASTED')).toBe(`replaced ${MARK}`);
    await lab.code(2).click();
    await secrets.act('Insert reference to', 'PASTED');
    await expect.poll(() => lab.source(2)).toContain('os.environ["PASTED"]');
    await secrets.act('Copy reference to', 'PASTED');
    await secrets.searchBox.fill(NAME.slice(0, 12));
    await secrets.row(NAME).waitFor();
    await secrets.searchBox.press('Escape');
    await secrets.act('Delete', 'FROM_FILE');
    await lab.dialog().getByRole('button', { name: 'Delete' }).click();
    await secrets.row('FROM_FILE').waitFor({ state: 'detached' });
  });

  it('are refused, sent to another machine that repeats them, and lost on the way', async () => {
    const { secrets } = lab;
    await lab.run('Sign In to Datalayer…');
    const signIn = secrets.form('Sign in to Datalayer');
    await enter(signIn.field('Token or API key'), `${TOKEN}-wrong`);
    await signIn.button('Sign In').click();
    await signIn.problem('This is not accepted').waitFor();
    await enter(signIn.field('Token or API key'), TOKEN);
    await signIn.button('Sign In').click();
    await secrets.row(/@ada/).waitFor();

    datalayer.echoing = true;
    datalayer.listWithValues = true;
    datalayer.fail({ refuse: 'redirect', to: `/elsewhere?${MARK}` }, { method: 'POST', times: 1 });
    datalayer.fail({ status: 500, message: `fault ${MARK}` }, { method: 'POST', times: 1 });
    await newSecret();
    const form = secrets.form('Create Secret');
    await form.field('Name').fill('REMOTE_KEY');
    await enter(form.field('Value'), `remote ${MARK}`);
    await chooseAccount(form);
    await form.button('Create').click();
    await form.problem('has a fault').waitFor();
    await form.button('Create').click();
    await form.problem('points to another address').waitFor();
    await store(form, 'REMOTE_KEY');
    await secrets.button('Refresh').click();

    datalayer.fail({ status: 409, message: `taken ${MARK}` }, { method: 'POST', times: 1 });
    await newSecret();
    await form.field('Name').fill('REFUSED_KEY');
    await enter(form.field('Value'), `refused ${MARK}`);
    await chooseAccount(form);
    await form.button('Create').click();
    await form.problem('exists already').waitFor();
    await form.button('Cancel').click();
    await form.button('Throw Away').click();
    await form.root.waitFor({ state: 'detached' });
    await lab.run('Sign Out…');
    await lab.dialog().getByRole('button', { name: 'Sign Out', exact: true }).click();
    await secrets.row('REMOTE_KEY').waitFor({ state: 'detached' });
  });

  it('are changed, asked for again, and typed while the service is killed', async () => {
    const { secrets } = lab;
    await lab.run('Set Passphrase of the Local Vault…');
    const change = secrets.form('Passphrase of the Local Vault');
    await enter(change.field('New passphrase'), NEW_PASSPHRASE);
    await enter(change.field('The same again'), NEW_PASSPHRASE);
    await change.button('Set Passphrase').click();
    await change.root.waitFor({ state: 'detached' });
    await lab.run('Lock the Local Vault');
    await secrets.row(NAME).waitFor({ state: 'detached' });
    await secrets.button('Unlock').click();
    const unlock = secrets.form('Unlock');
    await enter(unlock.field('Passphrase'), PASSPHRASE);
    await unlock.button('Unlock').click();
    await unlock.problem('This is not the passphrase').waitFor();
    await enter(unlock.field('Passphrase'), NEW_PASSPHRASE);
    await unlock.button('Unlock').click();
    await secrets.row(NAME).waitFor();

    await newSecret();
    const form = secrets.form('Create Secret');
    await form.field('Name').fill('AFTER_KILL');
    await enter(form.field('Value'), `typed before the end ${MARK}`);
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await form.button('Create').click();
    await form.problem('The vault is locked').waitFor();
    await form.root.getByRole('alert').getByRole('button', { name: 'Unlock' }).click();
    await enter(unlock.field('Passphrase'), NEW_PASSPHRASE);
    await unlock.button('Unlock').click();
    await secrets.row('AFTER_KILL').waitFor();
    expect(await valueOf(host, 'AFTER_KILL')).toBe(`typed before the end ${MARK}`);
    expect(lab.errors).toEqual([]);
  });

  it('are in no answer, no event and no message that a page got', async () => {
    await recorder.settled();
    expect(recorder.told.some((text) => text.includes(NAME))).toBe(true); // it is the right traffic that is searched
    expect(recorder.told.some((text) => text.startsWith('frame') && text.includes('/changes/v1'))).toBe(true);
    const all = [MARK, generated].flatMap(spellings);
    expect(recorder.told.filter((text) => holds(text, all)).map((text) => text.slice(0, 200))).toEqual([]);
    expect(recorder.console.filter((text) => holds(text, all)).length).toBe(0);
  });

  it('were sent by the page to our routes and nowhere else, and never in an address', () => {
    const sent = recorder.sent.filter(({ text }) => holds(text, [MARK, generated].flatMap(spellings)));
    expect(sent.length).toBeGreaterThan(10);
    const elsewhere = sent.filter(({ url }) => !url.startsWith(`${host.server.origin}/datalayer-secrets/`));
    expect(elsewhere.map(({ url }) => url)).toEqual([]);
    expect(recorder.sent.filter(({ url }) => holds(url, [MARK, generated].flatMap(spellings)))).toEqual([]);
  });

  it('reached the other machine without anything of Jupyter', () => {
    expect(datalayer.requests.length).toBeGreaterThan(5);
    const got = datalayer.requests.map((request) => JSON.stringify(request)).join('\n');
    expect(holds(got, spellings(host.server.token))).toBe(false);
    expect(datalayer.requests.filter(({ headers }) => 'cookie' in headers)).toEqual([]);
  });

  it('are not on the screen, not in the page, its address and its history', async () => {
    const all = [MARK, generated].flatMap(spellings);
    await lab.secrets.row(NAME).waitFor(); // it is the right page that is searched
    const { page } = lab;
    const fields = await page
      .locator('input, textarea')
      .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
    const around = await page.evaluate(() => JSON.stringify([window.history.state, document.title, location.href]));
    expect(holds([await page.content(), ...fields, around].join('\n'), all)).toBe(false);
    for (const frame of page.frames()) expect(holds(frame.url(), all)).toBe(false);
  });

  it('are held by nothing in the page', async () => {
    await lab.page.evaluate((text) => {
      const field = Object.assign(document.createElement('textarea'), { value: text });
      Object.assign(window, { planted: { text: `planted ${text}`, field } });
    }, PLANTED);
    const fields = await heldFields(lab.page);
    expect(fields).toContain(PLANTED);
    expect(holds(fields.join('\n'), [MARK, generated].flatMap(spellings))).toBe(false);
    const heap = await Heap.of(lab.page);
    expect(heap.holders(PLANTED).join('\n')).toContain('planted');
    expect(heap.holders(NAME).length).toBeGreaterThan(0);
    const texts = [MARK, generated].flatMap((text) => spellings(text).map((spelling) => spelling.toString('latin1')));
    expect(heap.holders(...texts)).toEqual([]);
  });

  it('are not in the storage of the browser, also once the page was left', async () => {
    const { page } = lab;
    const kept = async () =>
      [
        await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])),
        JSON.stringify(await browser.cookies()),
        ...(await storedStates(page)).map(({ key, value }) => `${key}\n${value}`),
      ].join('\n');
    const all = [MARK, SELECTED, NAMED, generated].flatMap(spellings);
    const before = await kept();
    expect(before).toContain('_xsrf'); // it is the right place that is searched
    expect(holds(before, all)).toBe(false);
    await lab.reload(); // more is saved at the end of a page
    await lab.secrets.row(NAME).waitFor();
    expect(holds(await kept(), all)).toBe(false);
  });

  it('are in no file of vault, Jupyter, browser and notebooks, in no checkpoint and no log', async () => {
    await plantInBrowser();
    await browser.close();
    const log = await readFile(path.join(folder, 'jupyter.log'), 'utf8');
    expect(log).toContain('/datalayer-secrets/');
    expect(log).toContain('wrong_passphrase');
    const service = await readFile(path.join(host.secretsHome, 'log/service.log'), 'utf8');
    expect(service).toContain('request failed');
    for (const [what, text] of Object.entries({ MARK, SELECTED, NAMED, generated })) {
      for (const place of [path.dirname(host.home), folder]) {
        const { found, read } = await filesThatHold(place, spellings(text));
        // What is typed without a mask, such as a name, a browser keeps to bring the page back after a crash.
        const kept = found.filter((file) => file !== keyFile && !(text === NAMED && file.includes('/Sessions/')));
        expect({ what, kept }).toEqual({ what, kept: [] });
        expect(read).toBeGreaterThan(10);
      }
      expect(holds(host.server.output(), spellings(text))).toBe(false);
    }
    // The planted one was in the database of the page and its storage, and is found on disk.
    const { found } = await filesThatHold(profile, spellings(PLANTED));
    expect(found.some((file) => file.includes('IndexedDB'))).toBe(true);
    expect(found.some((file) => file.includes('Local Storage'))).toBe(true);
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
    for (const text of [MARK, SELECTED, NAMED, generated]) expect(of(text)).toEqual([]);
    expect(processes.seen.filter(({ command }) => command.includes('service.cjs')).length).toBeGreaterThan(2);
  });

  /** Types as a keyboard does: no argument of a script, no element's own method. */
  async function enter(field: Locator, text: string): Promise<void> {
    await field.click();
    await lab.page.keyboard.press('Control+A');
    await lab.page.keyboard.insertText(text);
  }

  async function newSecret(): Promise<void> {
    await lab.secrets.root.getByRole('toolbar').getByRole('button', { name: 'Create Secret' }).click();
  }

  async function create(name: string, put: (value: Locator) => Promise<void>): Promise<void> {
    await newSecret();
    const form = lab.secrets.form('Create Secret');
    await form.field('Name').fill(name);
    await put(form.field('Value'));
    await store(form, name);
  }

  async function store(form: SecretsForm, name: string): Promise<void> {
    await form.button('Create').click();
    await form.root.waitFor({ state: 'detached' });
    await lab.secrets.row(name).waitFor();
  }

  async function chooseAccount(form: SecretsForm): Promise<void> {
    const vault = form.field('Vault');
    const label = await vault.locator('option', { hasText: '@ada' }).innerText();
    await vault.selectOption({ label });
  }

  /** Leaves a mark where a page keeps what it has to remember. */
  async function plantInBrowser(): Promise<void> {
    await lab.page.evaluate(async (text) => {
      localStorage.setItem('planted', text);
      const opening = indexedDB.open('planted', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('table');
      await new Promise((resolve) => (opening.onsuccess = resolve));
      const transaction = opening.result.transaction('table', 'readwrite');
      transaction.objectStore('table').put(text, 'key');
      await new Promise((resolve) => (transaction.oncomplete = resolve));
    }, PLANTED);
    await expect
      .poll(async () => (await filesThatHold(profile, spellings(PLANTED))).found.length, WAITING)
      .toBeGreaterThan(0);
  }
});

/** Everything that the server logs, whatever the console shows of it. */
function intoFile(filename: string): object {
  return {
    handlers: { file: { class: 'logging.FileHandler', level: 'DEBUG', filename, formatter: 'console' } },
    loggers: { ServerApp: { level: 'DEBUG', handlers: ['console', 'file'] } },
  };
}
