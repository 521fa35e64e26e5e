import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab } from './lab.ts';
import { look } from './looks.ts';
import { commandLine } from './outside.ts';
import { NOTEBOOK } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';
const NAME = 'WEATHER_API_KEY';
/** Questions and menus that the page shows apart from the panel. */
const DIALOG = '.jp-Dialog-content';

describe('the forms and questions, in light and in dark, in the eyes of axe', { timeout: 60_000 }, () => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ files: { 'forecast.ipynb': NOTEBOOK } }));
    lab = await Lab.open(opened(await launchBrowser()), host);
  }, 120_000);

  it('for a vault without a keychain, and what is wrong with a passphrase', async () => {
    await lab.secrets.open();
    await lab.secrets.button('Use the Local Vault').click();
    const form = lab.secrets.form('Local Vault');
    await form.field('New passphrase').waitFor();
    expect(await look(lab, 'form-set-up')).toEqual([]);
    await form.field('New passphrase').fill('short');
    await form.button('Make the Vault').click();
    await form.problem('8 characters').waitFor();
    expect(await look(lab, 'form-set-up-short')).toEqual([]);
    await form.field('New passphrase').fill(PASSPHRASE);
    await form.field('The same again').fill('nine quiet lambs');
    await form.button('Make the Vault').click();
    await form.problem('The two are different').waitFor();
    await form.field('The same again').fill(PASSPHRASE);
    await form.button('Make the Vault').click();
  });

  it('for a new secret, and what is wrong with one', async () => {
    const form = lab.secrets.form('Create Secret');
    await form.field('Name').waitFor();
    expect(await look(lab, 'form-create')).toEqual([]);
    await form.field('Value').fill('several\nlines ');
    await form.field('Description').fill('of the weather service');
    await form.button('Create').click();
    await form.problem(/name/).waitFor();
    expect(await look(lab, 'form-create-wrong')).toEqual([]);
    await form.button('Cancel').click();
    await form.root.getByText('Throw away what you entered?').waitFor();
    expect(await look(lab, 'form-leaving')).toEqual([]);
    await form.button('Keep Editing').click();
    await typeSecret(lab, { name: NAME, value: 'a value' });
  });

  it('for another value, and another name', async () => {
    await lab.secrets.act('Replace value of', NAME);
    await lab.secrets.form('Replace Value').field('New value').waitFor();
    expect(await look(lab, 'form-replace')).toEqual([]);
    await lab.secrets.form('Replace Value').button('Cancel').click();
    await lab.secrets.row(NAME).click();
    await lab.page.keyboard.press('F2');
    const form = lab.secrets.form('Edit Secret');
    await form.field('Name').fill('WEATHER_KEY');
    await form.root.getByText(/find nothing afterwards/).waitFor();
    expect(await look(lab, 'form-edit')).toEqual([]);
    await form.field('Name').fill(NAME);
    await form.button('Save').click();
  });

  it('for a passphrase, and for a sign-in', async () => {
    await lab.run('Set Passphrase of the Local Vault…');
    const form = lab.secrets.form('Passphrase of the Local Vault');
    await form.field('New passphrase').waitFor();
    expect(await look(lab, 'form-passphrase')).toEqual([]);
    await form.button('Cancel').click();
    await lab.run('Sign In to Datalayer…');
    const signIn = lab.secrets.form('Sign in to Datalayer');
    await signIn.field('Token or API key').waitFor();
    expect(await look(lab, 'form-sign-in')).toEqual([]);
    await signIn.button('Cancel').click();
  });

  it('that ask which secret, which type, and whether to delete', async () => {
    await lab.closeNotifications();
    await lab.openNotebook('forecast.ipynb');
    await lab.run('Insert Reference to Secret…');
    await lab.dialog().getByRole('option', { name: NAME }).waitFor();
    expect(await look(lab, 'dialog-pick', DIALOG)).toEqual([]);
    await lab.page.keyboard.press('Escape');
    await lab.run('Filter Secrets by Type…');
    await lab.dialog().waitFor();
    // JupyterLab ties the label of its own question to no list.
    expect((await look(lab, 'dialog-filter', DIALOG)).filter((line) => !/: select-name,/.test(line))).toEqual([]);
    await lab.page.keyboard.press('Escape');
    await lab.secrets.open();
    await lab.secrets.act('Delete', NAME);
    await lab.dialog().filter({ hasText: NAME }).waitFor();
    expect(await look(lab, 'dialog-delete', DIALOG)).toEqual([]);
    await lab.page.keyboard.press('Escape');
  });

  it('in menus', async () => {
    await lab.secrets.row(NAME).click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Replace Value…' }).waitFor();
    await lab.pictures('menu-row');
    await lab.page.keyboard.press('Escape');
    await lab.secrets.button('Vault and sign-in').click();
    await lab.page.getByRole('menuitem', { name: 'Lock the Local Vault' }).waitFor();
    await lab.pictures('menu-vault');
    await lab.page.keyboard.press('Escape');
    await lab.code(1).click({ button: 'right' });
    await lab.page.getByRole('menuitem', { name: 'Insert Reference to Secret…' }).waitFor();
    await lab.pictures('menu-cell');
    await lab.page.keyboard.press('Escape');
  });

  it('for a vault that is locked', async () => {
    await commandLine(host, ['lock']);
    await lab.secrets.button('Unlock').waitFor();
    expect(await look(lab, 'panel-locked')).toEqual([]);
    await lab.secrets.button('Unlock').click();
    const form = lab.secrets.form('Unlock');
    await form.field('Passphrase').fill('not this one');
    await form.button('Unlock').click();
    await form.problem('not the passphrase').waitFor();
    expect(await look(lab, 'form-unlock-wrong')).toEqual([]);
    await form.field('Passphrase').fill(PASSPHRASE);
    await form.button('Unlock').click();
    await lab.secrets.row(NAME).waitFor();
  });

  it('and threw nothing meanwhile', () => {
    expect(lab.errors).toEqual([]);
  });
});
