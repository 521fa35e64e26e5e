import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

describe.each([
  { title: 'JupyterLab 4.4', app: 'lab', place: 'lab/tree/forecast.ipynb?reset' },
  { title: 'Notebook 7.4', app: 'notebook', place: 'notebooks/forecast.ipynb' },
] as const)('the oldest release that is promised, $title', { timeout: 300_000 }, ({ app, place }) => {
  let lab: Lab;
  const warned: string[] = [];
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    const host = opened(await startHost({ release: 'oldest', app, files: { 'forecast.ipynb': NOTEBOOK } }));
    const browser = opened(await launchBrowser());
    lab = await Lab.open(browser, host, place);
    lab.page.on('console', (message) => warned.push(message.text()));
    await lab.reload();
  }, 300_000);

  it('takes the extension without a warning about versions', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').waitFor();
    expect(warned.filter((text) => /unsatisfied version|datalayer/i.test(text))).toEqual([]);
  });

  it('stores a secret in a new vault and inserts a reference to it into a cell', async () => {
    await setUpWithPassphrase(lab, 'seven paper boats');
    await typeSecret(lab, { name: 'HF_TOKEN', type: 'Token', value: 'a value that nobody sees' });
    await lab.code(1).click();
    await lab.secrets.act('Insert reference to', 'HF_TOKEN');
    await expect.poll(() => lab.source(1)).toContain('os.environ["HF_TOKEN"]');
    expect(lab.errors).toEqual([]);
  });
});
