import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDatalayerService, type DatalayerService } from '../../../fixtures/datalayer-service.ts';
import { launchBrowser } from '../../browser.ts';
import { startHost, type Host } from '../server.ts';
import { closing } from '../../closing.ts';
import { commandLine, connect } from './outside.ts';
import { inSteps } from '../../steps.ts';
import { typeSecret } from './user.ts';
import { builtVsix } from './vsix.ts';
import { BOTH_COLOURS, Workbench } from './workbench.ts';

const NAME = 'WEATHER_API_KEY';

describe('a user whom much goes wrong for', { timeout: 120_000 }, () => {
  let datalayer: DatalayerService;
  let host: Host;
  let window: Workbench;
  inSteps(() => window);
  const opened = closing();
  beforeAll(async () => {
    datalayer = opened(await startDatalayerService());
    host = opened(
      await startHost({
        vsix: [await builtVsix()],
        settings: BOTH_COLOURS,
        env: { DATALAYER_IAM_URL: datalayer.origin },
      }),
    );
    await commandLine(host, ['setup', '--key-file', path.join(host.home, 'vault.key')]);
    await commandLine(host, ['create', NAME, '--type', 'key'], 'a value');
    window = await Workbench.open(opened(await launchBrowser()), host);
    await window.secrets.open();
    await window.secrets.row(NAME).waitFor();
  });

  it('sees that the service is gone when it was killed, and the next command starts it again', async () => {
    await killService();
    await window.secrets.button('Open Secrets').waitFor();
    await window.pictures('fault-killed');
    await window.run('Datalayer Secrets: Find Secret');
    await window.quickInput.row(NAME).waitFor();
    await window.page.keyboard.press('Escape');
    await window.secrets.row(NAME).waitFor();
  });

  it('keeps all that was typed when the service dies before the last step and cannot be started', async () => {
    const { quickInput } = window;
    await window.run('Datalayer Secrets: Create Secret…');
    await quickInput.answer('The name, as code will ask for it', 'TYPED_BEFORE');
    await quickInput.pick('Token');
    await quickInput.answer('The value', 'typed before the fault');
    await quickInput.root.filter({ hasText: 'A description' }).waitFor();
    await killService();
    await chmod(host.secretsHome, 0o755);
    await quickInput.answer('A description', 'kept');
    await quickInput.message('Other users of this machine can read').waitFor();
    expect(await quickInput.box.inputValue()).toBe('kept');
    await window.pictures('fault-cannot-start');

    await chmod(host.secretsHome, 0o700);
    await quickInput.box.press('Enter');
    await window.notification('TYPED_BEFORE is stored').waitFor();
    expect(await valueOf('TYPED_BEFORE')).toBe('typed before the fault');
  });

  it('is told on which machine the vault is in use, and goes on when it is free', async () => {
    await stopService();
    const lock = new DatabaseSync(path.join(host.secretsHome, 'lock.db'));
    try {
      lock.exec('BEGIN EXCLUSIVE');
      await writeFile(path.join(host.secretsHome, 'lock.owner'), JSON.stringify({ host: 'pod-7', pid: 4_000_000 }));
      await window.reload();
      await window.secrets.root.getByText('The vault is in use on pod-7').waitFor();
      await window.pictures('fault-elsewhere');
    } finally {
      lock.close();
    }
    await window.secrets.row('Try Again').click();
    await window.secrets.button('Unlock').click();
    await window.secrets.row(NAME).waitFor();
  });

  it('is told that a newer version wrote the vault, which stays as it is', async () => {
    await stopService();
    const file = path.join(host.secretsHome, 'vault.json');
    const ours = await readFile(file, 'utf8');
    const newer = ours.replace(/"format":\s*1/, '"format":99');
    expect(newer).not.toBe(ours);
    await writeFile(file, newer);
    await window.reload();
    await window.secrets.button('Open Secrets').click();
    await window.notification('A newer version wrote this vault').waitFor();
    await window.pictures('fault-newer-vault');
    expect(await readFile(file, 'utf8')).toBe(newer);

    await stopService();
    await writeFile(file, ours);
    await window.closeNotifications();
    await window.reload();
    await window.secrets.row(NAME).waitFor();
  });

  it('hears that a machine cannot be reached, and the pasted token is still there when it can', async () => {
    const { quickInput } = window;
    const { port } = datalayer;
    await datalayer.close();
    await window.run('Datalayer Secrets: Sign in to Datalayer');
    await quickInput.answer('A token or an API key', datalayer.token);
    await quickInput.message(`127.0.0.1:${port} cannot be reached`).waitFor();
    expect(await quickInput.box.inputValue()).toBe(datalayer.token);
    await window.pictures('fault-sign-in-down');

    await datalayer.listen(port);
    await quickInput.box.press('Enter');
    await window.notification('Signed in as ada').waitFor();
    await window.secrets.row('@ada').waitFor();
  });

  it('keeps all that was typed when the other machine fails, and tries again', async () => {
    datalayer.fail({ status: 500 }, { method: 'POST', times: 1 });
    await window.run('Datalayer Secrets: Create Secret…');
    await window.quickInput.pick('@ada');
    await typeSecret(window, { name: 'REMOTE_KEY', value: 'typed once', description: 'kept' });
    await window.quickInput.message('has a fault').waitFor();
    expect(await window.quickInput.box.inputValue()).toBe('kept');
    await window.pictures('fault-remote-500');
    await window.quickInput.box.press('Enter');
    await window.notification('REMOTE_KEY is stored').waitFor();
    expect([...datalayer.secrets.values()].map(({ name, value }) => [name, value.toString()])).toEqual([
      ['REMOTE_KEY', 'typed once'],
    ]);
  });

  it('hears that what answered is no service of secrets, while the names stay and their age is told', async () => {
    const recover = datalayer.fail({ refuse: 'html' }, { method: 'GET' });
    await window.closeNotifications();
    await window.run('Datalayer Secrets: Refresh');
    await window.secrets.root.getByText(/gave an answer that makes no sense.* was loaded just now/).waitFor();
    await window.secrets.row('REMOTE_KEY').waitFor();
    await window.pictures('fault-strange-answer');
    recover();
    await window.run('Datalayer Secrets: Refresh');
    await window.secrets.root.getByText('makes no sense').waitFor({ state: 'detached' });
  });

  it('is signed out by the other machine, and signs in again where that is said', async () => {
    datalayer.revoke(datalayer.token);
    const token = datalayer.addAccount('ada');
    await window.run('Datalayer Secrets: Refresh');
    await window.secrets.row('Signed out. Sign in…').waitFor();
    await window.secrets.row(NAME).waitFor();
    await window.pictures('fault-signed-out');
    await window.secrets.row('Signed out. Sign in…').click();
    await window.quickInput.answer('A token or an API key', token);
    await window.secrets.row('REMOTE_KEY').waitFor();
  });

  async function stopService(): Promise<void> {
    await commandLine(host, ['stop']);
    await expect.poll(() => host.services()).toEqual([]);
  }

  async function killService(): Promise<void> {
    for (const pid of await host.services()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => host.services()).toEqual([]);
  }

  async function valueOf(name: string): Promise<string> {
    const client = await connect(host);
    try {
      const secrets = client.service.secrets('local');
      const secret = (await secrets.list()).find((each) => each.name === name);
      return secret ? (await secrets.reveal(secret)).expose() : 'there is no such secret';
    } finally {
      client.close();
    }
  }
});
