import { chmod } from 'node:fs/promises';
import { SecretValue } from '@datalayer-secrets/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../fixtures/datalayer-service.ts';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { Lab, type SecretsForm } from './lab.ts';
import { commandLine, connect, valueOf } from './outside.ts';
import { startHost, type Host } from './server.ts';

const NAME = 'WEATHER_API_KEY';
const PASSPHRASE = 'the passphrase of a test';
const WAITING = { timeout: 20_000, interval: 50 };

describe('a user whom much goes wrong for', { timeout: 60_000 }, () => {
  let datalayer: DatalayerService;
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    datalayer = opened(await startDatalayerService());
    host = opened(await startHost({ env: { DATALAYER_IAM_URL: datalayer.origin } }));
    const client = await connect(host);
    await client.service.setup({ slot: 'passphrase', passphrase: new SecretValue(PASSPHRASE) });
    client.close();
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.secrets.open();
    await lab.secrets.row(NAME).waitFor();
  }, 120_000);

  it('sees that the service is gone when it was killed, and opens it again with the passphrase', async () => {
    await killService(host);
    await lab.secrets.button('Open Secrets').waitFor();
    await lab.pictures('fault-killed');
    expect(await host.services()).toEqual([]);
    await lab.secrets.button('Open Secrets').click();
    const unlock = lab.secrets.form('Unlock');
    await unlock.field('Passphrase').fill('another one');
    await unlock.button('Unlock').click();
    await unlock.problem('This is not the passphrase').waitFor();
    // It is marked, so that the next key takes its place.
    expect(await unlock.field('Passphrase').inputValue()).toBe('another one');
    await lab.pictures('fault-wrong-passphrase');
    await unlock.field('Passphrase').fill(PASSPHRASE);
    await unlock.button('Unlock').click();
    await lab.secrets.row(NAME).waitFor();
  });

  it('keeps all that was typed when the service dies meanwhile, and stores it once the vault is open again', async () => {
    const form = await filledIn({ name: 'TYPED_BEFORE', value: 'typed before the fault', description: 'kept' });
    await killService(host);
    await form.button('Create').click();
    await form.problem(/vault is locked/).waitFor();
    await expectFilledIn(form, { name: 'TYPED_BEFORE', value: 'typed before the fault', description: 'kept' });
    await lab.pictures('fault-killed-while-typing');
    await form.root.getByRole('alert').getByRole('button', { name: 'Unlock' }).click();
    const unlock = lab.secrets.form('Unlock');
    await unlock.field('Passphrase').fill(PASSPHRASE);
    await unlock.button('Unlock').click();
    await lab.secrets.row('TYPED_BEFORE').waitFor();
    expect(await valueOf(host, 'TYPED_BEFORE')).toBe('typed before the fault');
  });

  it('keeps all that was typed when the service cannot be started either, and is told why', async () => {
    const typed = { name: 'TYPED_TWICE', value: 'typed\nin two lines', description: 'kept too' };
    const form = await filledIn(typed);
    await killService(host);
    await chmod(host.secretsHome, 0o755);
    await form.button('Create').click();
    await form.problem('Other users of this machine can read').waitFor();
    await expectFilledIn(form, typed);
    await lab.pictures('fault-cannot-start');

    await chmod(host.secretsHome, 0o700);
    await form.button('Create').click();
    await form.problem(/vault is locked/).waitFor();
    await form.root.getByRole('alert').getByRole('button', { name: 'Unlock' }).click();
    await lab.secrets.form('Unlock').field('Passphrase').fill(PASSPHRASE);
    await lab.secrets.form('Unlock').button('Unlock').click();
    await lab.secrets.row('TYPED_TWICE').waitFor();
    expect(await valueOf(host, 'TYPED_TWICE')).toBe(typed.value);
  });

  it('is told that a token is not accepted, and of a machine that cannot be reached; the token stays', async () => {
    await lab.run('Sign In to Datalayer…');
    const form = lab.secrets.form('Sign in to Datalayer');
    await form.field('Token or API key').fill('not-a-token');
    await form.button('Sign In').click();
    await form.problem('This is not accepted').waitFor();
    expect(await form.field('Token or API key').inputValue()).toBe('not-a-token');
    await lab.pictures('fault-wrong-token');

    const { port } = datalayer;
    await datalayer.close();
    await form.field('Token or API key').fill(datalayer.token);
    await form.button('Sign In').click();
    await form.problem(`127.0.0.1:${port} cannot be reached`).waitFor();
    expect(await form.field('Token or API key').inputValue()).toBe(datalayer.token);
    await lab.pictures('fault-sign-in-down');

    await datalayer.listen(port);
    await form.button('Sign In').click();
    await lab.secrets.row(/@ada/).waitFor();
  });

  it('sees how old a list is when the other machine is down, and goes on with the other vault', async () => {
    datalayer.add({ name: 'REMOTE_KEY', value: 'a value' });
    await lab.secrets.button('Refresh').click();
    await lab.secrets.row('REMOTE_KEY').waitFor();
    const { port } = datalayer;
    await datalayer.close();
    await lab.secrets.button('Refresh').click();
    await lab.secrets.root.getByText(/cannot be reached.* was loaded/).waitFor();
    await lab.secrets.row('REMOTE_KEY').waitFor();
    await lab.secrets.row(NAME).waitFor();
    await lab.pictures('fault-remote-down');
    await datalayer.listen(port);
    await lab.secrets.root.getByRole('status').getByRole('button', { name: 'Try Again' }).click();
    await lab.secrets.root.getByText('cannot be reached').waitFor({ state: 'detached' });
  });

  it('keeps all that was typed when the other machine fails, and tries again', async () => {
    datalayer.fail({ status: 500 }, { method: 'POST', times: 1 });
    const typed = { name: 'REMOTE_TOO', value: 'typed once', description: 'kept' };
    const form = await filledIn(typed);
    await form.field('Vault').selectOption({ label: await remoteLabel(form) });
    await form.button('Create').click();
    await form.problem('has a fault').waitFor();
    await expectFilledIn(form, typed);
    await form.button('Create').click();
    await lab.secrets.row('REMOTE_TOO').waitFor();
    const stored = [...datalayer.secrets.values()].find(({ name }) => name === 'REMOTE_TOO');
    expect(stored?.value.toString()).toBe('typed once');
  });

  it('is signed out by the other machine, and signs in again where that is said', async () => {
    datalayer.revoke(datalayer.token);
    const token = datalayer.addAccount('ada');
    await lab.secrets.button('Refresh').click();
    await lab.secrets.row(/does not accept the sign-in any more|sign-in to the vault .* has ended/).waitFor();
    await lab.secrets.row(NAME).waitFor();
    await lab.pictures('fault-signed-out');
    await lab.secrets.root.getByRole('treeitem').getByRole('button', { name: 'Sign In' }).click();
    const form = lab.secrets.form('Sign in to Datalayer');
    await form.field('Token or API key').fill(token);
    await form.button('Sign In').click();
    await lab.secrets.row('REMOTE_KEY').waitFor();
  });

  it('saw no error that was not told', () => {
    expect(lab.errors).toEqual([]);
  });

  interface Entered {
    readonly name: string;
    readonly value: string;
    readonly description: string;
  }

  async function filledIn({ name, value, description }: Entered): Promise<SecretsForm> {
    await lab.secrets.button('Create Secret').click();
    const form = lab.secrets.form('Create Secret');
    await form.field('Name').fill(name);
    await form.choice('Password').check();
    await form.field('Value').fill(value);
    await form.field('Description').fill(description);
    return form;
  }

  async function expectFilledIn(form: SecretsForm, { name, value, description }: Entered): Promise<void> {
    const fields = ['Name', 'Value', 'Description'].map((label) => form.field(label).inputValue());
    expect(await Promise.all(fields)).toEqual([name, value, description]);
    expect(await form.choice('Password').isChecked()).toBe(true);
  }

  async function remoteLabel(form: SecretsForm): Promise<string> {
    const labels = await form.field('Vault').locator('option').allInnerTexts();
    return labels.find((label) => label.includes('@ada')) ?? '';
  }
});

async function killService(host: Host): Promise<void> {
  for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
  await expect.poll(() => host.services(), WAITING).toEqual([]);
}
