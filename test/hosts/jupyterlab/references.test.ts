import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { startHost, type Host } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

const NAME = 'WEATHER_API_KEY';
const REFERENCE = `os.environ["${NAME}"]`;
/** Looked for in what the page keeps and sends; nobody types it: it stands in a cell. */
const LITERAL = 'sk-live-8d1f0c';

const SAMPLE = JSON.stringify({
  cells: [
    {
      cell_type: 'code',
      id: 'a',
      execution_count: null,
      metadata: { tags: ['keep'] },
      outputs: [],
      source: `key = "${LITERAL}"`,
    },
    { cell_type: 'markdown', id: 'b', metadata: {}, source: 'Forecast' },
    {
      cell_type: 'code',
      id: 'c',
      execution_count: null,
      metadata: { editable: false },
      outputs: [],
      source: 'fixed = 1',
    },
  ],
  metadata: {
    kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' },
    language_info: { name: 'python' },
  },
  nbformat: 4,
  nbformat_minor: 5,
});

describe('a user of Notebook 7 with a key in a cell', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ app: 'notebook', files: { 'a.ipynb': SAMPLE, 'a.R': 'key <- \n' } }));
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.openNotebook('a.ipynb');
    await lab.menu('View', 'Show Secrets');
    await setUpWithPassphrase(lab, 'nine quiet lamps');
    await typeSecret(lab, { name: NAME, value: 'a value that nobody sees' });
  }, 120_000);

  it('makes a secret of the selected key, and finds a reference in its place', async () => {
    await lab.code(0).click();
    await lab.page.keyboard.press('End');
    for (let left = 0; left < LITERAL.length + 2; left++) await lab.page.keyboard.press('Shift+ArrowLeft');
    await lab.contextMenu(lab.code(0).locator('.cm-line'), 'Create Secret from Selection');
    const form = lab.secrets.form('Create Secret');
    await form.field('Name').fill('LIVE_KEY');
    expect(await form.field('Value').inputValue()).toBe(LITERAL);
    await form.button('Create').click();
    await expect.poll(() => lab.source(0)).toBe('import os\nkey = os.environ["LIVE_KEY"]');
    await lab.notification('LIVE_KEY is stored. Undo, checkpoints').waitFor();
  });

  it('has the key in nothing of the notebook that is saved then', async () => {
    await lab.page.keyboard.press('Control+S');
    const saved = () => readFile(path.join(host.workspace, 'a.ipynb'), 'utf8');
    await expect.poll(saved).toContain('LIVE_KEY');
    expect(await saved()).not.toContain(LITERAL);
    expect(JSON.parse(await saved())).toMatchObject({ cells: [{ metadata: { tags: ['keep'] } }, {}, {}] });
  });

  it('is told why nothing is inserted into text or into a cell that cannot be edited, and copies the reference', async () => {
    await lab.cell(1).click();
    await lab.secrets.act('Insert reference to', NAME);
    await lab.notification('text that no kernel runs').getByRole('button', { name: 'Copy Reference' }).click();
    expect(await lab.page.evaluate(() => navigator.clipboard.readText())).toBe(`secret://${NAME}`);
    await lab.cell(2).click();
    await lab.secrets.act('Insert reference to', NAME);
    await lab.notification('The cell is read-only').waitFor();
    expect(await lab.source(2)).toBe('fixed = 1');
  });

  it('is asked which secret by the shortcut, finds it by typing, and goes on typing in the cell', async () => {
    await lab.code(0).click();
    await lab.page.keyboard.press('Control+End');
    await lab.page.keyboard.type('\nother = ');
    await lab.page.keyboard.press('Alt+Shift+S');
    await lab.dialog().getByRole('combobox').fill('weather');
    await lab.page.keyboard.press('Enter');
    await lab.dialog().waitFor({ state: 'detached' });
    await lab.page.keyboard.type('[:3]');
    await expect.poll(() => lab.source(0)).toBe(`import os\nkey = os.environ["LIVE_KEY"]\nother = ${REFERENCE}[:3]`);
  });

  it('inserts it into a file in the language of the file, and takes it back with one undo', async () => {
    await lab.visit('edit/a.R');
    await lab.menu('View', 'Show Secrets');
    const editor = lab.page.locator('.jp-FileEditor').getByRole('textbox');
    await editor.click();
    await lab.page.keyboard.press('Control+Home');
    await lab.page.keyboard.press('End');
    await lab.secrets.act('Insert reference to', NAME);
    await editor.getByText(`key <- Sys.getenv("${NAME}")`).waitFor();
    await lab.page.keyboard.press('Control+Z');
    await editor.getByText(NAME).waitFor({ state: 'detached' });
  });

  it('has seen a page that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});
