import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { picturesOfNotifications } from './notifications.ts';
import { addRKernel, notebookOf, pythonNotebook } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'TIDES_TOKEN';
const VALUE = 'a value that nobody sees';
const PRINTED = `${VALUE.length} [${NAME}]`;
const SOURCE = `import os\nx = os.environ["${NAME}"]\nprint(len(x), x)`;
const GETS = `import datalayer_secrets\nprint(len(datalayer_secrets.get("${NAME}")))`;

const FAILED = {
  output_type: 'error',
  ename: 'KeyError',
  evalue: `'${NAME}'`,
  traceback: [`KeyError: '${NAME}'`],
};

const FILES = {
  'tides.ipynb': pythonNotebook(SOURCE),
  'again.ipynb': pythonNotebook(GETS, SOURCE),
  'locked.ipynb': pythonNotebook(SOURCE),
  /** Came with an error that another session had. */
  'stored.ipynb': notebookOf('python3', 'python', [{ source: SOURCE, outputs: [FAILED] }, { source: 'print("runs")' }]),
  /** Every cell may fail, and does. */
  'loop.ipynb': notebookOf(
    'python3',
    'python',
    Array.from({ length: 6 }, () => ({ source: SOURCE, metadata: { tags: ['raises-exception'] } })),
  ),
  'tides-r.ipynb': notebookOf('ir', 'R', [{ source: `x <- Sys.getenv("${NAME}")` }]),
};

describe.each(['lab', 'notebook'] as const)('a user whose cell asks for a secret that is not there, in %s', (app) => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ app, files: FILES }));
    await addRKernel(host);
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.secrets.open();
    await setUpWithPassphrase(lab, PASSPHRASE);
    await typeSecret(lab, { name: 'OTHER_KEY', value: 'another value' });
    await lab.closeNotifications();
  }, 120_000);

  async function open(name: string): Promise<void> {
    await lab.openNotebook(name);
    await lab.kernelIsReady(name);
  }

  async function run(cell: number): Promise<void> {
    await lab.code(cell).click();
    await lab.page.keyboard.press('Shift+Enter');
  }

  it('is offered to create it, by a message that does not stand in the notebook', async () => {
    await open('tides.ipynb');
    await run(0);
    await lab.outputs(0).getByText(`KeyError: '${NAME}'`).waitFor();
    await lab.notification(`The cell asks for ${NAME}, which is in none of your vaults.`).waitFor();
    await picturesOfNotifications(lab, `${app}-missing`);
    expect(await lab.outputs(0).count()).toBe(1);
  });

  it('creates it, allows it after a question that names secret and notebook, and sees the cell run again', async () => {
    await lab
      .notification(NAME)
      .getByRole('button', { name: `Create ${NAME}…` })
      .click();
    const form = lab.secrets.form('Create Secret');
    expect(await form.field('Name').inputValue()).toBe(NAME);
    await form.field('Value').fill(VALUE);
    await form.button('Create').click();
    await lab.dialog().getByText(`Allow ${NAME} for tides.ipynb?`).waitFor();
    await lab.pictures(`${app}-missing-allow`);
    await lab.dialog().getByRole('button', { name: 'Allow and Run' }).click();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    expect(await lab.source(0)).toBe(SOURCE);
    await lab.notification(`tides.ipynb may use ${NAME} from now on.`).waitFor();
  });

  it('finds nothing of all that in the saved notebook but the output', async () => {
    await lab.page.keyboard.press('Control+S');
    const saved = async () => readFile(path.join(host.workspace, 'tides.ipynb'), 'utf8');
    await expect.poll(saved).toContain(PRINTED);
    const { cells, metadata } = JSON.parse(await saved()) as { cells: object[]; metadata: object };
    expect(cells[0]).toMatchObject({ metadata: {}, outputs: [{ output_type: 'stream' }] });
    expect(JSON.stringify(metadata)).not.toMatch(/secret/i);
    await lab.closeNotifications();
  });

  it('is offered to allow it in another notebook that asks for it, and turns that down', async () => {
    await open('again.ipynb');
    await run(0);
    await lab.notification(`The cell asks for ${NAME}, which again.ipynb may not use.`).waitFor();
    await lab.notification(NAME).getByRole('button', { name: 'Allow for This Notebook…' }).click();
    await lab.dialog().getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => lab.notification(NAME).count()).toBe(0);
    await run(1);
    await lab.outputs(1).getByText(`KeyError: '${NAME}'`).waitFor();
  });

  it('allows it there', async () => {
    await lab.notification(NAME).getByRole('button', { name: 'Allow for This Notebook…' }).click();
    await lab.dialog().getByRole('button', { name: 'Allow and Run' }).click();
    await lab.outputs(1).getByText(PRINTED).waitFor();
    await lab.notification('again.ipynb may use').waitFor();
    await run(0);
    await lab.outputs(0).getByText(String(VALUE.length), { exact: true }).waitFor();
    await lab.closeNotifications();
  });

  it('is asked nothing for errors that a notebook came with', async () => {
    await open('stored.ipynb');
    await lab.outputs(0).getByText(`KeyError: '${NAME}'`).waitFor();
    await run(1);
    await lab.outputs(1).getByText('runs').waitFor();
    expect(await lab.notification(NAME).count()).toBe(0);
  });

  it('is asked once by a notebook all of whose cells fail', async () => {
    await open('loop.ipynb');
    await lab.run('Run All Cells');
    await lab.outputs(5).getByText(`KeyError: '${NAME}'`).waitFor();
    await lab.notification(`which loop.ipynb may not use.`).waitFor();
    await lab.run('Run All Cells');
    await lab.code(5).click();
    await expect.poll(() => lab.cell(5).getByText('[12]:').count()).toBe(1);
    expect(await lab.notification(NAME).count()).toBe(1);
    await lab.closeNotifications();
  });

  it('restarts a kernel that takes variables at its start only, and sees the cell run again', async () => {
    await open('tides-r.ipynb');
    await run(0);
    await lab.notification('which tides-r.ipynb may not use.').getByRole('button', { name: 'Allow for This' }).click();
    await lab.dialog().getByRole('button', { name: 'Allow and Run' }).click();
    await lab.notification('its kernel gets it when it starts anew').waitFor();
    await picturesOfNotifications(lab, `${app}-missing-restart`);
    await lab.notification('its kernel gets it').getByRole('button', { name: 'Restart Kernel…' }).click();
    await lab.dialog().getByRole('button', { name: 'Confirm Kernel Restart' }).click();
    await lab.outputs(0).getByText(String(VALUE.length), { exact: true }).waitFor();
    await lab.closeNotifications();
  });

  it('is told what a kernel started without, and unlocks; the cell runs again', async () => {
    await open('locked.ipynb');
    await run(0);
    await lab.notification('which locked.ipynb may not use.').getByRole('button', { name: 'Allow for This' }).click();
    await lab.dialog().getByRole('button', { name: 'Allow and Run' }).click();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    await lab.notification('locked.ipynb may use').waitFor();
    await lab.closeNotifications();
    await lab.run('Lock the Local Vault');
    await lab.notification('The local vault is locked.').waitFor();
    await lab.menu('Kernel', 'Restart Kernel and Clear Outputs');
    await lab.dialog().getByRole('button', { name: 'Confirm Kernel Restart' }).click();
    await lab.notification(`Missing in locked.ipynb: ${NAME}. Your secrets are locked.`).waitFor();
    await lab.kernelIsReady('locked.ipynb');
    await run(0);
    await lab.notification(`The cell asks for ${NAME}, but your secrets are locked.`).waitFor();
    await picturesOfNotifications(lab, `${app}-missing-locked`);
    await lab.notification('The cell asks').getByRole('button', { name: 'Unlock' }).click();
    const form = lab.secrets.form('Unlock');
    await form.field('Passphrase').fill(PASSPHRASE);
    await form.button('Unlock').click();
    await lab.outputs(0).getByText(PRINTED).waitFor();
    await expect.poll(() => lab.notification('Missing in').count()).toBe(0);
  });

  it('has seen pages that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});
