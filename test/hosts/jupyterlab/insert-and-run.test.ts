import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { picturesOfNotifications } from './notifications.ts';
import { pythonNotebook } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

const NAME = 'HF_TOKEN';
/** Looked for in all that is kept and shown. */
const VALUE = 'hf_canary-7QzW1x0pLmN4';
const PRINTED = `${VALUE.length} [${NAME}]`;
const REPETITIONS = 50;

/** The first line gets the reference. */
const ASKS = 'x = \nprint(len(x), x)';
const LOOKS = `import os
import datalayer_secrets
try:
    datalayer_secrets.get("${NAME}")
except datalayer_secrets.NotGranted as error:
    print(type(error).__name__, os.environ.get("${NAME}"))`;
const SOURCE = `import os\nx = os.environ["${NAME}"]\nprint(len(x), x)`;

describe.each(['lab', 'notebook'] as const)('a user who inserts a reference and runs the cell, in %s', (app) => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    const config = {
      LabApp: { expose_app_in_browser: true },
      JupyterNotebookApp: { expose_app_in_browser: true },
    };
    host = opened(await startHost({ app, config, files: { 'forecast.ipynb': pythonNotebook(ASKS, LOOKS) } }));
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.secrets.open();
    await setUpWithPassphrase(lab, 'nine quiet lamps');
    await typeSecret(lab, { name: NAME, value: VALUE });
    await lab.openNotebook('forecast.ipynb');
    await lab.kernelIsReady('forecast.ipynb');
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
  }, 120_000);

  /** Puts the cursor where the reference goes. */
  async function atFirstLine(): Promise<void> {
    await lab.code(0).click();
    await lab.page.keyboard.press('Control+Home');
    await lab.page.keyboard.press('End');
  }

  async function insertAndRun(): Promise<void> {
    await atFirstLine();
    await lab.secrets.act('Insert reference to', NAME);
    await lab.code(0).getByText(NAME).waitFor();
    await lab.page.keyboard.press('Shift+Enter');
  }

  interface Granted {
    readonly notebook: string;
    readonly path: string;
    readonly vault: string;
    readonly name: string;
  }

  async function grants(): Promise<Granted[]> {
    return ((await ask('GET', 'datalayer-secrets/grants')) as { grants: Granted[] }).grants;
  }

  async function revoke(): Promise<void> {
    for (const { notebook, vault, name } of await grants())
      await ask('POST', 'datalayer-secrets/grants/revoke', { notebook, vault, name });
  }

  /** By the server's own routes. */
  async function ask(method: string, route: string, body?: object): Promise<unknown> {
    const answer = await fetch(host.url(route).replace(/\?.*/, ''), {
      method,
      headers: { Authorization: `token ${host.server.token}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.status, `${method} ${route}`).toBeLessThan(300);
    return answer.json();
  }

  async function runFirst(): Promise<void> {
    await lab.code(0).click();
    await lab.page.keyboard.press('Shift+Enter');
  }

  /** As the file browser does it. */
  async function move(from: string, to: string): Promise<void> {
    await lab.page.evaluate(
      ([before, after]) => (globalThis as unknown as Exposed).jupyterapp.serviceManager.contents.rename(before, after),
      [from, to] as const,
    );
  }

  /** Runs the second cell. */
  async function look(): Promise<void> {
    await lab.code(1).click();
    await lab.page.keyboard.press('Shift+Enter');
  }

  it('sees the length of the value, and its name in the place of it', async () => {
    await insertAndRun();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    expect(await lab.source(0)).toBe(SOURCE);
    await lab.secrets.row(/In this kernel/).waitFor();
  }, 60_000);

  it('was told which notebook may use what, and when it has it', async () => {
    await lab.notification(`forecast.ipynb may use ${NAME} from now on.`).waitFor();
    await lab.notification('with the next cell that runs').waitFor();
    await picturesOfNotifications(lab, `${app}-inserted`);
  });

  it('takes it back in that message: the variable is gone with the next cell, and asking for it is refused', async () => {
    await lab.notification(`forecast.ipynb may use ${NAME}`).getByRole('button', { name: 'Undo' }).click();
    await lab.notification('Undone.').waitFor();
    await look();
    await lab.outputs(1).getByText('NotGranted None').waitFor();
  });

  it('switches it on and off in the panel, to the same effect', async () => {
    const row = lab.secrets.row(NAME).getByRole('switch');
    await expect.poll(() => lab.notification(`forecast.ipynb may use ${NAME}`).count()).toBe(0);
    await row.click();
    await lab.notification(`forecast.ipynb may use ${NAME}`).waitFor();
    await runFirst();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    await row.click();
    await expect.poll(() => lab.notification(`forecast.ipynb may use ${NAME}`).count()).toBe(0);
    await look();
    await lab.outputs(1).getByText('NotGranted None').waitFor();
  });

  it(`finds it each of ${REPETITIONS} times`, { timeout: 300_000 }, async () => {
    await lab.closeNotifications();
    for (let time = 1; time <= REPETITIONS; time++) {
      await revoke();
      await lab.code(0).click();
      await lab.page.keyboard.press('Control+A');
      await lab.page.keyboard.insertText(`print(${time})\nx = `);
      await lab.code(0).getByText(`print(${time})`).waitFor();
      await lab.secrets.act('Insert reference to', NAME);
      await lab.code(0).getByText(NAME).waitFor();
      await lab.page.keyboard.press('Shift+Enter');
      await lab
        .outputs(0)
        .getByText(new RegExp(`^${time}\\s*$`))
        .waitFor();
      await expect.poll(() => lab.outputs(0).count()).toBe(1); // no error beside it
    }
    await lab.code(0).click();
    await lab.page.keyboard.press('Control+A');
    await lab.page.keyboard.insertText(SOURCE);
    await lab.page.keyboard.press('Shift+Enter');
    await lab.outputs(0).getByText(PRINTED).waitFor();
  });

  it('has neither the value nor what the kernel asks with in a file of notebooks or in the page', async () => {
    await lab.page.keyboard.press('Control+S');
    const saved = async () => readFile(path.join(host.workspace, 'forecast.ipynb'), 'utf8');
    await expect.poll(saved).toContain(PRINTED);
    const kept = await everythingIn(host.workspace);
    const capabilities = await capabilitiesOf(host);
    expect(capabilities).toHaveLength(1);
    const page = await lab.page.content();
    for (const hidden of [VALUE, ...capabilities]) {
      expect(kept.filter(([, text]) => text.includes(hidden)).map(([name]) => name)).toEqual([]);
      expect(page.includes(hidden)).toBe(false);
    }
  });

  it('goes on having it where the notebook is renamed, moved with its folder, and its kernel restarted', async () => {
    await ask('PUT', 'api/contents/work', { type: 'directory' });
    await move('forecast.ipynb', 'work/tomorrow.ipynb');
    await lab.kernelIsReady('work/tomorrow.ipynb');
    await move('work', 'later');
    await lab.kernelIsReady('later/tomorrow.ipynb');
    await lab.outputs(0).evaluate((output) => (output.textContent = ''));
    await runFirst();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    expect(await grants()).toMatchObject([{ path: 'later/tomorrow.ipynb', name: NAME }]);

    await lab.menu('Kernel', 'Restart Kernel and Clear Outputs');
    await lab.dialog().getByRole('button', { name: 'Confirm Kernel Restart' }).click();
    await expect.poll(() => lab.outputs(0).count()).toBe(0);
    await lab.kernelIsReady('later/tomorrow.ipynb');
    await runFirst();
    await lab.outputs(0).getByText(PRINTED).waitFor();
  });

  it('gets nothing in a copy of the notebook', async () => {
    await ask('POST', 'api/contents/later', { copy_from: 'later/tomorrow.ipynb' });
    await lab.openNotebook('later/tomorrow-Copy1.ipynb');
    await lab.kernelIsReady('later/tomorrow-Copy1.ipynb');
    await runFirst();
    await lab.outputs(0).getByText(`KeyError: '${NAME}'`).waitFor();
    expect(await grants()).toHaveLength(1);
  });

  it('is told also of what something else allowed, and takes it back', async () => {
    await ask('POST', 'datalayer-secrets/grants', { path: 'later/tomorrow-Copy1.ipynb', vault: 'local', name: NAME });
    const message = lab.notification(`tomorrow-Copy1.ipynb may use ${NAME} from now on.`);
    await message.getByRole('button', { name: 'Undo' }).click();
    await lab.notification('Undone.').waitFor();
    expect(await grants()).toMatchObject([{ path: 'later/tomorrow.ipynb', name: NAME }]);
  });

  it('is told, after a rename of the secret, who used the old name, and lets them use the new one', async () => {
    await lab.secrets.open();
    await lab.contextMenu(lab.secrets.row(NAME), 'Edit');
    const form = lab.secrets.form('Edit Secret');
    await form.field('Name').fill('HF_KEY');
    await form.button('Rename').click();
    const message = lab.notification(`${NAME} is HF_KEY now. May use ${NAME}: tomorrow.ipynb.`);
    await message.waitFor();
    await picturesOfNotifications(lab, `${app}-renamed`);
    await message.getByRole('button', { name: 'Allow HF_KEY There' }).click();
    await expect.poll(grants).toMatchObject([{ path: 'later/tomorrow.ipynb', name: 'HF_KEY' }]);
  });

  it('has seen pages that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});

interface Exposed {
  readonly jupyterapp: {
    readonly serviceManager: { readonly contents: { rename(from: string, to: string): Promise<unknown> } };
  };
}

/** Names and contents of all files in a folder, hidden ones too. */
async function everythingIn(folder: string): Promise<[name: string, text: string][]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [file, await readFile(file, 'latin1')];
    }),
  );
}

/** What the kernels of a host were started with, to ask with. */
async function capabilitiesOf({ data }: Host): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    processes.map((id) => readFile(`/proc/${id}/environ`, 'latin1').catch(() => '')),
  );
  return environments.flatMap((text) => {
    const variables = text.split('\0');
    const ours = variables.includes(`JUPYTER_DATA_DIR=${path.join(data, 'data')}`);
    const found = variables.find((one) => one.startsWith('DATALAYER_SECRETS_TOKEN='));
    return ours && found !== undefined ? [found.slice(found.indexOf('=') + 1)] : [];
  });
}
