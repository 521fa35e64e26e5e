import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { createSecret as createInCode } from '../vscode/interface/user.ts';
import { builtVsix } from '../vscode/interface/vsix.ts';
import { Workbench } from '../vscode/interface/workbench.ts';
import { startHost as startCode, type Host as CodeHost } from '../vscode/server.ts';
import { Lab } from './lab.ts';
import { startHost } from './server.ts';
import { createSecret, setUpWithPassphrase, typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';
const SOON = { timeout: 2_000 };
const GONE = { ...SOON, state: 'detached' } as const;

describe('a user of VS Code and JupyterLab on one machine', { timeout: 60_000 }, () => {
  let datalayer: DatalayerService;
  let code: CodeHost;
  let window: Workbench;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    datalayer = opened(await startDatalayerService());
    const env = { DATALAYER_IAM_URL: datalayer.origin };
    code = opened(await startCode({ vsix: [await builtVsix()], env }));
    const host = opened(await startHost({ home: code.home, env }));
    const browser: Browser = opened(await launchBrowser());
    [window, lab] = await Promise.all([Workbench.open(browser, code), Lab.open(browser, host)]);
  }, 120_000);

  it('makes a vault in JupyterLab, and has it in VS Code', async () => {
    await window.secrets.open();
    await window.secrets.button('Use the Local Vault').waitFor();
    await lab.secrets.open();
    await setUpWithPassphrase(lab, PASSPHRASE);
    await typeSecret(lab, { name: 'FROM_JUPYTER', value: 'a value' });
    // No service ran when the view of VS Code looked, and it asks again only when it is looked at again.
    await window.run('Datalayer Secrets: Refresh');
    await window.secrets.row('FROM_JUPYTER').waitFor();
    expect(await code.services()).toHaveLength(1);
  });

  it('sees within two seconds in one what was created in the other', async () => {
    await createInCode(window, { name: 'FROM_CODE', value: 'a value', description: 'made in VS Code' });
    await lab.secrets.row('FROM_CODE').waitFor(SOON);
    await createSecret(lab, { name: 'SECOND_OF_JUPYTER', value: 'a value' });
    await window.secrets.row('SECOND_OF_JUPYTER').waitFor(SOON);
  });

  it('sees within two seconds in one what was renamed in the other', async () => {
    await window.run('Datalayer Secrets: Edit Name, Type or Description');
    await window.quickInput.pick('FROM_JUPYTER');
    await window.quickInput.answer('(1/3)', 'RENAMED_IN_CODE');
    await window.quickInput.pick('Key');
    await window.quickInput.answer('(3/3)', 'edited in VS Code');
    await window.dialog().getByRole('button', { name: 'Rename' }).click();
    await window.secrets.row('RENAMED_IN_CODE').waitFor();
    await lab.secrets.row(/^RENAMED_IN_CODE,.*edited in VS Code/).waitFor(SOON);
    await lab.secrets.row('FROM_JUPYTER').waitFor(GONE);

    await lab.secrets.row('FROM_CODE').click();
    await lab.page.keyboard.press('F2');
    const form = lab.secrets.form('Edit Secret');
    await form.field('Name').fill('RENAMED_IN_JUPYTER');
    await form.button('Rename').click();
    await lab.secrets.row('RENAMED_IN_JUPYTER').waitFor();
    await window.secrets.row('RENAMED_IN_JUPYTER').waitFor(SOON);
    await window.secrets.row('FROM_CODE').waitFor(GONE);
  });

  it('sees within two seconds in one that it was deleted in the other', async () => {
    await window.run('Datalayer Secrets: Delete Secret');
    await window.quickInput.pick('RENAMED_IN_CODE');
    await window.dialog().getByRole('button', { name: 'Delete' }).click();
    await window.secrets.row('RENAMED_IN_CODE').waitFor({ state: 'detached' });
    await lab.secrets.row('RENAMED_IN_CODE').waitFor(GONE);

    await lab.secrets.act('Delete', 'RENAMED_IN_JUPYTER');
    await lab.dialog().getByRole('button', { name: 'Delete' }).click();
    await lab.secrets.row('RENAMED_IN_JUPYTER').waitFor({ state: 'detached' });
    await window.secrets.row('RENAMED_IN_JUPYTER').waitFor(GONE);
  });

  it('signs in in VS Code, and has the secrets of the account in JupyterLab', async () => {
    datalayer.add({ name: 'REMOTE_KEY', value: 'a value' });
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await window.quickInput.answer('A token or an API key', datalayer.token);
    await window.secrets.row('@ada').waitFor();
    await lab.secrets.row(/@ada/).waitFor(SOON);
    await lab.secrets.row('REMOTE_KEY').waitFor();
  });

  it('has locked in one what was locked in the other, and open what was unlocked there', async () => {
    await lab.run('Lock the Local Vault');
    await lab.secrets.row('SECOND_OF_JUPYTER').waitFor({ state: 'detached' });
    await window.secrets.row('SECOND_OF_JUPYTER').waitFor(GONE);
    await window.secrets.row('Locked. Unlock…').first().click();
    await window.quickInput.answer('The passphrase of the vault', PASSPHRASE);
    await window.secrets.row('SECOND_OF_JUPYTER').waitFor();
    await lab.secrets.row('SECOND_OF_JUPYTER').waitFor(SOON);

    await window.run('Datalayer Secrets: Lock');
    await window.secrets.row('SECOND_OF_JUPYTER').waitFor({ state: 'detached' });
    await lab.secrets.row('SECOND_OF_JUPYTER').waitFor(GONE);
    await lab.pictures('locked-in-the-other-editor');
    await lab.run('Unlock Secrets');
    const unlock = lab.secrets.form('Unlock');
    await unlock.field('Passphrase').fill(PASSPHRASE);
    await unlock.button('Unlock').click();
    await lab.secrets.row('SECOND_OF_JUPYTER').waitFor();
    await window.secrets.row('SECOND_OF_JUPYTER').waitFor(SOON);
  });

  it('signs out in JupyterLab, and is signed out in VS Code', async () => {
    await lab.run('Sign Out…');
    await lab.dialog().getByRole('button', { name: 'Sign Out', exact: true }).click();
    await lab.secrets.row('REMOTE_KEY').waitFor({ state: 'detached' });
    await window.secrets.row('REMOTE_KEY').waitFor(GONE);
  });

  it('signs in in JupyterLab, and has the secrets of the account in VS Code', async () => {
    await lab.run('Sign In to Datalayer…');
    const form = lab.secrets.form('Sign in to Datalayer');
    await form.field('Token or API key').fill(datalayer.token);
    await form.button('Sign In').click();
    await lab.secrets.row('REMOTE_KEY').waitFor();
    await window.secrets.row('@ada').waitFor(SOON);
    expect(await code.services()).toHaveLength(1);
    expect(lab.errors).toEqual([]);
  });
});
