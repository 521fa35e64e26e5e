import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { processes, ProcessWatch } from '../../fixtures/processes.ts';
import { filesThatHold, holds, spellings } from '../../fixtures/spellings.ts';
import { launchProfile } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { storedStates } from '../stored.ts';
import { addSecrets, allow } from './grants.ts';
import { Lab, WINDOW } from './lab.ts';
import { Recorder } from './recorder.ts';
import { addBashKernel, notebookOf, pythonNotebook } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

const NAME = 'CANARY_TOKEN';
/** The value is in nothing that anybody types into the page. */
const VALUE = `canary ${randomBytes(12).toString('hex')}`;
/** Printed by the same cells, to see that it would be found where it was not replaced. */
const PLANTED = randomBytes(12).toString('hex');

/** Ways in which people show by mistake what they have. */
const SHOWING = [
  `import os, json, logging, subprocess\nx = os.environ["${NAME}"]\nprint("${PLANTED}", x, repr(x), json.dumps({"a": x}))`,
  'dict(os.environ)',
  'from IPython.display import HTML\nHTML(f"<b>{x}</b>")',
  'raise ValueError(x)',
  'logging.getLogger("forecast").warning(x)\nsubprocess.run(["sh", "-c", f"echo $CANARY_TOKEN; echo $CANARY_TOKEN >&2"])',
  `!env | grep -a CANARY | base64 -w 0\n%env ${NAME}`,
  `import datalayer_secrets\nprint(datalayer_secrets.get("${NAME}"), datalayer_secrets._here._agent._capability)`,
  'print(open("/proc/self/environ").read())',
  'input(x)',
  `%%bash\nset -x\necho "$${NAME}"`,
];
/** A kernel that does not clean what it says. */
const IN_BASH = [`echo ${PLANTED} "$${NAME}"`, 'env | grep -a SECRETS_TOKEN', 'set', `printf %s "$${NAME}" | base64`];

describe.each(['lab', 'notebook'] as const)('a value that a kernel received, in %s', { timeout: 120_000 }, (app) => {
  let folder: string;
  let profile: string;
  let host: Host;
  let browser: BrowserContext;
  let recorder: Recorder;
  let lab: Lab;
  let watch: ProcessWatch;
  /** What is looked for: the value, and what each kernel was started with to ask for it. */
  let searched: Record<string, string>;
  inSteps(() => lab);
  const opened = closing();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'canary-kernels-'));
    opened({ stop: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) });
    const temp = path.join(folder, 'temp');
    await mkdir(temp);
    profile = path.join(folder, 'profile');
    watch = opened(new ProcessWatch(({ command }) => command.includes('kernel')));
    host = opened(
      await startHost({
        app,
        files: {
          'canary.ipynb': pythonNotebook(...SHOWING),
          'bash.ipynb': notebookOf(
            'bash',
            'bash',
            IN_BASH.map((source) => ({ source })),
          ),
        },
        env: { TMPDIR: temp },
        config: { ServerApp: { log_level: 'DEBUG' } },
      }),
    );
    await addBashKernel(host);
    browser = opened(await launchProfile(profile, temp, WINDOW));
    recorder = new Recorder(browser);
    lab = await Lab.openIn(browser, host);
    await lab.secrets.open();
    await setUpWithPassphrase(lab, 'nine quiet lamps');
    await typeSecret(lab, { name: 'OTHER_TOKEN', value: 'another value' });
    await addSecrets(host, { [NAME]: VALUE });
    await allow(host, 'canary.ipynb', NAME);
    await allow(host, 'bash.ipynb', NAME);
  }, 180_000);

  it('is shown by every cell of a notebook, and the name stands in its place', async () => {
    await runAll('canary.ipynb', SHOWING.length);
    await lab.outputs(0).getByText(`${PLANTED} [${NAME}] '[${NAME}]' {"a": "[${NAME}]"}`).waitFor();
    await lab.outputs(3).getByText(`ValueError: [${NAME}]`).waitFor();
    await lab.outputs(6).getByText(`[${NAME}] [DATALAYER_SECRETS_TOKEN]`).waitFor();
    await lab.outputs(7).getByText('DATALAYER_SECRETS_TOKEN=[DATALAYER_SECRETS_TOKEN]').waitFor();
    await lab.picture(`canary-kernels-${app}`);
  });

  it('is shown by every cell of a kernel that does not clean what it says', async () => {
    await runAll('bash.ipynb', IN_BASH.length);
    await lab.outputs(0).getByText(`${PLANTED} [${NAME}]`).waitFor();
    await lab.outputs(1).getByText('[DATALAYER_SECRETS_TOKEN]').waitFor();
  });

  it('was received by both kernels, each with a capability of its own', () => {
    const own = processes().filter(({ environment }) => environment.includes(path.join(host.data, 'data')));
    const found = own.flatMap(
      ({ environment }) => /(?:^|\0)DATALAYER_SECRETS_TOKEN=([^\0]+)/.exec(environment)?.[1] ?? [],
    );
    const capabilities = [...new Set(found)];
    expect(capabilities).toHaveLength(2);
    const [first = '', second = ''] = capabilities;
    searched = { VALUE, first, second };
  });

  it('is in no answer, no event and no message that a page got, and in nothing that it sent', async () => {
    await recorder.settled();
    expect(recorder.told.some((text) => text.startsWith('frame') && text.includes(PLANTED))).toBe(true);
    for (const [what, text] of Object.entries(searched)) {
      const all = spellings(text);
      const told = recorder.told.filter((each) => holds(each, all)).map((each) => each.slice(0, 200));
      const sent = recorder.sent.filter((each) => holds(each.text, all)).map(({ url }) => url);
      const written = recorder.console.filter((each) => holds(each, all)).length;
      expect({ what, told, sent, written }).toEqual({ what, told: [], sent: [], written: 0 });
    }
  });

  it('is not in the page, nor in what the browser keeps of it', async () => {
    const { page } = lab;
    const kept = [
      await page.content(),
      await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])),
      JSON.stringify(await browser.cookies()),
      ...(await storedStates(page)).map(({ key, value }) => `${key}\n${value}`),
    ].join('\n');
    expect(kept).toContain(PLANTED);
    for (const text of Object.values(searched)) expect(holds(kept, spellings(text))).toBe(false);
  });

  it('is in the arguments of no process', () => {
    expect(watch.seen.some(({ command }) => command.includes('bash_kernel'))).toBe(true);
    for (const text of Object.values(searched))
      expect(watch.seen.filter(({ command }) => holds(command, spellings(text)))).toEqual([]);
  });

  it('is in no file: notebook, checkpoint, history of IPython, log, vault, browser', async () => {
    for (const name of ['canary.ipynb', 'bash.ipynb']) {
      const saved = await readFile(path.join(host.workspace, name), 'utf8');
      expect(saved).toContain(PLANTED);
      expect(saved).toContain(`[${NAME}]`);
    }
    const checkpoints = await readdir(path.join(host.workspace, '.ipynb_checkpoints'));
    expect(checkpoints).toContain('canary-checkpoint.ipynb');
    await browser.close();
    for (const [what, text] of Object.entries(searched)) {
      for (const place of [path.dirname(host.home), folder]) {
        const { found, read } = await filesThatHold(place, spellings(text));
        expect({ what, found }).toEqual({ what, found: [] });
        expect(read).toBeGreaterThan(10);
      }
    }
    const { found } = await filesThatHold(path.dirname(host.home), spellings(PLANTED));
    expect(found.some((file) => file.endsWith('history.sqlite') || file.endsWith('history.sqlite-wal'))).toBe(true);
    expect(found.some((file) => file.includes('.ipynb_checkpoints'))).toBe(true);
  });

  it('is not in the log of the Jupyter server, where kernels write too', () => {
    const log = host.server.output();
    expect(log).toContain(`[${NAME}]`); // of what a subprocess printed
    for (const text of Object.values(searched)) expect(holds(log, spellings(text))).toBe(false);
  });

  /** Opens a notebook, runs all its cells whatever they raise, and saves it. */
  async function runAll(name: string, cells: number): Promise<void> {
    await lab.openNotebook(name);
    await lab.kernelIsReady(name);
    for (let cell = 0; cell < cells; cell++) {
      await lab.code(cell).click();
      await lab.page.keyboard.press('Control+Enter');
      await lab.page.keyboard.press('Escape');
      const asks = lab.cell(cell).locator('.jp-Stdin-input');
      const done = lab.cell(cell).locator('.jp-InputPrompt', { hasText: /\d/ });
      await asks.or(done).first().waitFor();
      if (await asks.isVisible()) {
        await lab.page.keyboard.press('Enter');
        await asks.press('Enter');
      }
      await done.waitFor();
    }
    await lab.page.keyboard.press('Control+S');
    await expect
      .poll(async () => readFile(path.join(host.workspace, name), 'utf8'), { timeout: 30_000 })
      .toContain(`[${NAME}]`);
  }
});
