import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../../fixtures/datalayer-service.ts';
import { ProcessWatch } from '../../../fixtures/processes.ts';
import { spellings } from '../../../fixtures/spellings.ts';
import { launchBrowser } from '../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from './closing.ts';
import { commandLine } from './outside.ts';
import { NOTEBOOK, SCRIPT } from './samples.ts';
import { inSteps } from './steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { storedStates, Workbench } from './workbench.ts';

const PASSPHRASE = 'canary-passphrase-7a11c2';
const WRONG = 'canary-passphrase-wrong-9d';
const TYPED = 'canary-typed-value-51f0be';
const PASTED = 'canary-pasted-value-08d4\nof two lines\n';
const ABANDONED = 'canary-abandoned-value-c3';
const REPLACED = 'canary-replaced-value-6e';
const REMOTE = 'canary-remote-value-f9';
/** Listed and found, never written into a document. */
const NAME = 'CANARY_NAME_4B7E';
/** VS Code saves the state of a window every five seconds, and what was not saved of a document a second after a change. */
const SAVED_MS = 8_000;

describe('values, passphrases and tokens that went through every feature', { timeout: 120_000 }, () => {
  let host: Host;
  let window: Workbench;
  let datalayer: DatalayerService;
  let processes: ProcessWatch;
  let stored: string;
  const consoles: string[] = [];
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    processes = opened(new ProcessWatch());
    datalayer = await startDatalayerService();
    opened({ stop: () => datalayer.close() });
    host = opened(
      await startHost({
        vsix: [await builtVsix()],
        files: { 'forecast.ipynb': NOTEBOOK, 'forecast.py': SCRIPT },
        settings: { 'datalayerSecrets.origin': datalayer.origin },
      }),
    );
    window = await Workbench.open(opened(await launchBrowser()), host);
    window.page.on('console', (message) => consoles.push(message.text()));
  });

  it('are entered, used, replaced, copied and abandoned', async () => {
    const { page, quickInput } = window;
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').click();
    await quickInput.pick('Passphrase');
    await quickInput.answer('A new passphrase', PASSPHRASE);
    await quickInput.answer('The same passphrase again', PASSPHRASE);
    await typeSecret(window, { name: NAME, value: TYPED });
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

    await window.openFile('forecast.py');
    await window.run('Datalayer Secrets: Insert Reference to Secret');
    await quickInput.pick('PASTED_KEY');
    await window.page.locator('.editor-instance', { hasText: 'os.environ' }).waitFor(); // left unsaved
    await window.run('Datalayer Secrets: Copy Value');
    await quickInput.pick('PASTED_KEY');
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(PASTED);
    await window.run('Datalayer Secrets: Replace Value');
    await quickInput.pick('PASTED_KEY');
    await quickInput.answer('The new value', REPLACED);
    await window.notification('PASTED_KEY is replaced').waitFor();

    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('The name, as code will ask for it', 'NEVER_STORED');
    await quickInput.pick('Key');
    await quickInput.root.filter({ hasText: 'The value' }).waitFor();
    await quickInput.box.fill(ABANDONED);
    await quickInput.box.press('Escape');
    await quickInput.root.waitFor({ state: 'detached' });
  });

  it('are refused, lost on the way and sent to another machine', async () => {
    const { quickInput } = window;
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await quickInput.answer('A token or an API key', `${datalayer.token}x`);
    await quickInput.message('not accepted').waitFor();
    await quickInput.answer('Sign in to Datalayer', datalayer.token);
    await window.secrets.row(/@ada/).waitFor();
    datalayer.fail({ status: 500 }, { method: 'POST', times: 1 });
    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.pick(new URL(datalayer.origin).host);
    await typeSecret(window, { name: 'REMOTE_KEY', value: REMOTE });
    await quickInput.message('has a fault').waitFor();
    await quickInput.box.press('Enter'); // what was typed is still there
    await window.notification('REMOTE_KEY is stored').waitFor();

    await window.run('Datalayer Secrets: Lock');
    await window.run('Datalayer Secrets: Unlock');
    await quickInput.box.fill(WRONG);
    await quickInput.box.press('Enter');
    await quickInput.message('not the passphrase').waitFor();
    await quickInput.box.fill(PASSPHRASE);
    await quickInput.box.press('Enter');
    await window.secrets.row(NAME).waitFor();
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await window.secrets.root
      .getByText(/locked|not open/i)
      .first()
      .waitFor();
    await window.run('Datalayer Secrets: Copy Value');
    await quickInput.answer('The passphrase of the vault', PASSPHRASE);
    await quickInput.pick(NAME);
    await expect.poll(() => window.page.evaluate(() => navigator.clipboard.readText())).toBe(TYPED);
    await window.page.waitForTimeout(SAVED_MS);
    stored = (await storedStates(window.page)).map(({ key, value }) => `${key}\n${value}`).join('\n');
  });

  const canaries = () =>
    [PASSPHRASE, WRONG, TYPED, PASTED.split('\n')[0] ?? '', ABANDONED, REPLACED, REMOTE, datalayer.token].flatMap(
      spellings,
    );

  it('are in no file of the user, of the editor or of the vault', async () => {
    const folder = path.dirname(host.home);
    const needles = [...canaries(), ...spellings(NAME)];
    let unsaved = false;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const content = await readFile(file);
      unsaved ||= content.includes('os.environ["PASTED_KEY"]');
      expect([file, needles.some((needle) => content.includes(needle))]).toEqual([file, false]);
    }
    expect(unsaved).toBe(true); // the document that was never saved is there, so all that VS Code keeps was written
  });

  it('are not in the storage of the browser', () => {
    expect(stored).toContain('workbench.'); // it is the right place that is searched
    for (const canary of [...canaries(), ...spellings(NAME)]) expect(stored).not.toContain(canary.toString());
  });

  it('are in no log and no output', async () => {
    const outputs = [consoles.join('\n'), host.server.output(), await commandLine(host, ['status'])].join('\n');
    for (const canary of canaries()) expect(outputs).not.toContain(canary.toString());
  });

  it('are in the arguments and the environment of no process', () => {
    const seen = processes.seen.map(({ command, environment }) => `${command}\n${environment}`).join('\n');
    expect(seen).toContain('service.cjs');
    for (const canary of canaries()) expect(seen).not.toContain(canary.toString());
  });
});
