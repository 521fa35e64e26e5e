import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { closing } from '../closing.ts';
import { inSteps } from '../steps.ts';
import { addSecrets, allow, listedGrants, replaceSecret } from './grants.ts';
import { Lab } from './lab.ts';
import { look } from './looks.ts';
import { picturesOfNotifications } from './notifications.ts';
import { addBashKernel, notebookOf, pythonNotebook } from './samples.ts';
import { startHost, type Host } from './server.ts';
import { setUpWithPassphrase, typeSecret } from './user.ts';

const PASSPHRASE = 'nine quiet lamps';

/** Each of the largest size that a vault takes. */
const LARGE = numbered('LARGE', 40, 65_536);
/** More than an environment takes in all: the last two are beyond. */
const MIDDLE = numbered('MIDDLE', 10, 30_000);
const ODD = { NUL: 'before\0behind', PATH: '/nowhere' };
const SMALL = { ALPHA_TOKEN: 'alpha-4711-value', BETA_TOKEN: 'beta-4711-value-longer', DEPLOY_TOKEN: 'deploy-4711' };

const SHOWS = (name: string) => `import os\nx = os.environ["${name}"]\nprint(len(x), x)`;
const HAS = `import os
print([name for name in ("ALPHA_TOKEN", "BETA_TOKEN") if name in os.environ], "in", os.getpid())`;
const GETS = `import os
import datalayer_secrets
print([len(datalayer_secrets.get(name)) for name in ("LARGE_00", "MIDDLE_09", "NUL", "PATH")])
print("LARGE_00" in os.environ, "MIDDLE_07" in os.environ, "MIDDLE_08" in os.environ, os.environ["PATH"] == "/nowhere")`;

const FILES = {
  'large.ipynb': pythonNotebook(SHOWS('ALPHA_TOKEN'), GETS),
  'deploy.ipynb': notebookOf('bash', 'bash', [{ source: 'echo ${#DEPLOY_TOKEN} $DEPLOY_TOKEN' }]),
  'alpha.ipynb': pythonNotebook(HAS, SHOWS('ALPHA_TOKEN')),
  'beta.ipynb': pythonNotebook(HAS),
  'locked.ipynb': pythonNotebook(SHOWS('BETA_TOKEN')),
};

describe.each(['lab', 'notebook'] as const)('secrets in kernels, in %s', { timeout: 120_000 }, (app) => {
  let host: Host;
  let lab: Lab;
  inSteps(() => lab);
  const opened = closing();
  beforeAll(async () => {
    host = opened(await startHost({ app, files: FILES }));
    await addBashKernel(host);
    lab = await Lab.open(opened(await launchBrowser()), host);
    await lab.secrets.open();
    await setUpWithPassphrase(lab, PASSPHRASE);
    await typeSecret(lab, { name: 'ALPHA_TOKEN', value: SMALL.ALPHA_TOKEN });
    const { BETA_TOKEN, DEPLOY_TOKEN } = SMALL;
    await addSecrets(host, { BETA_TOKEN, DEPLOY_TOKEN, ...ODD, ...LARGE, ...MIDDLE });
    const all = Object.keys({ ...ODD, ...LARGE, ...MIDDLE });
    await allow(host, 'large.ipynb', 'ALPHA_TOKEN', ...all);
    await allow(host, 'deploy.ipynb', 'DEPLOY_TOKEN');
    await allow(host, 'alpha.ipynb', 'ALPHA_TOKEN');
    await allow(host, 'beta.ipynb', 'BETA_TOKEN');
    await allow(host, 'locked.ipynb', 'BETA_TOKEN');
    await lab.closeNotifications();
  }, 180_000);

  async function open(name: string): Promise<void> {
    await lab.openNotebook(name);
    await lab.kernelIsReady(name);
    await lab.secrets.open();
    await lab.secrets.notebook.getByText(name, { exact: true }).waitFor();
  }

  /** What stands below the cell then is of this run. */
  async function run(cell: number): Promise<void> {
    await lab.outputs(cell).evaluateAll((outputs) => {
      for (const output of outputs) output.textContent = '';
    });
    await lab.code(cell).click();
    await lab.page.keyboard.press('Shift+Enter');
  }

  /** Opens a notebook whose first cell prints what it has, and runs that. */
  async function ask(name: string): Promise<{ has: string; pid: number }> {
    await open(name);
    await run(0);
    const printed = lab.outputs(0).getByText(/\] in \d+/);
    await printed.waitFor();
    const [, has = '', pid] = /^\[(.*)\] in (\d+)/.exec(await printed.innerText()) ?? [];
    return { has, pid: Number(pid) };
  }

  it('starts a kernel that may use 40 secrets of 64 KB, one with a NUL, one called PATH, and more than fits', async () => {
    await open('large.ipynb');
    await run(0);
    await lab.outputs(0).getByText(`${SMALL.ALPHA_TOKEN.length} [ALPHA_TOKEN]`).waitFor();
    await run(1);
    await lab.outputs(1).getByText('[65536, 30000, 13, 8]').waitFor();
    await lab.outputs(1).getByText('False True False False').waitFor();
  });

  it('reads in the panel what was left out, each with its reason', async () => {
    const reasons = {
      'Longer than the 32,000 bytes': Object.keys(LARGE),
      'holds a NUL': ['NUL'],
      'Never put into a kernel’s environment': ['PATH'],
      'Beyond the 256 KB': ['MIDDLE_08', 'MIDDLE_09'],
    };
    for (const [reason, names] of Object.entries(reasons)) {
      const item = lab.secrets.notebook.getByRole('listitem').filter({ hasText: reason });
      await item.waitFor();
      for (const name of names) expect(await item.innerText()).toMatch(new RegExp(`\\b${name}\\b`));
    }
    await lab.secrets.standing('ALPHA_TOKEN', 'In this kernel').waitFor();
    expect(await look(lab, `kernels-${app}-left-out`)).toEqual([]);
  });

  it('has a variable in a bash kernel from its start, and its name in the place of the value', async () => {
    await open('deploy.ipynb');
    await run(0);
    await lab.outputs(0).getByText(`${SMALL.DEPLOY_TOKEN.length} [DEPLOY_TOKEN]`).waitFor();
    await lab.secrets.standing('DEPLOY_TOKEN', 'In this kernel').waitFor();
    await lab.secrets.notebook.getByText('only when it starts').waitFor();
  });

  it('sees there after a change that the kernel has to start anew, starts it by the button, and has the new value', async () => {
    const value = 'deploy-4712-and-longer';
    await replaceSecret(host, 'DEPLOY_TOKEN', value);
    await lab.secrets.allow('BETA_TOKEN');
    await lab.secrets.standing('DEPLOY_TOKEN', 'There once the kernel is restarted').waitFor();
    await lab.secrets.standing('BETA_TOKEN', 'There once the kernel is restarted').waitFor();
    expect(await look(lab, `kernels-${app}-restart`)).toEqual([]);
    await run(0);
    await lab.outputs(0).getByText(`${SMALL.DEPLOY_TOKEN.length} [DEPLOY_TOKEN]`).waitFor();

    await lab.secrets.notebook.getByRole('button', { name: 'Restart Kernel…' }).click();
    await lab.dialog().getByRole('button', { name: 'Confirm Kernel Restart' }).click();
    await lab.secrets.standing('DEPLOY_TOKEN', 'In this kernel').waitFor();
    await lab.secrets.notebook.getByRole('button', { name: 'Restart Kernel…' }).waitFor({ state: 'detached' });
    await lab.kernelIsReady('deploy.ipynb');
    await run(0);
    await lab.outputs(0).getByText(`${value.length} [DEPLOY_TOKEN]`).waitFor();
  });

  it('is told there that what was revoked stays until a restart', async () => {
    await lab.secrets.allow('BETA_TOKEN', false);
    await lab.secrets.standing('BETA_TOKEN', 'In the kernel until it is restarted').waitFor();
    await lab
      .notification('its kernel has it until it is restarted')
      .getByRole('button', { name: 'Restart' })
      .waitFor();
    await picturesOfNotifications(lab, `kernels-${app}-revoked`);
    await lab.closeNotifications();
  });

  it('has in each of two notebooks what that one may use, also after their kernels were killed', async () => {
    const before = { alpha: await ask('alpha.ipynb'), beta: await ask('beta.ipynb') };
    expect(before).toMatchObject({ alpha: { has: "'ALPHA_TOKEN'" }, beta: { has: "'BETA_TOKEN'" } });

    process.kill(before.beta.pid, 'SIGKILL');
    await lab.dialog().getByText('appears to have died').waitFor();
    await lab.dialog().getByRole('button').last().click();
    const beta = await ask('beta.ipynb');
    expect(beta.has).toBe("'BETA_TOKEN'");
    expect(beta.pid).not.toBe(before.beta.pid);

    const alpha = await ask('alpha.ipynb');
    expect(alpha).toEqual(before.alpha);
  });

  it('finds everything that notebooks may use in one list, and takes some of it back there', async () => {
    const form = await lab.secrets.openGrants();
    await form.field('Find').fill('alpha.ipynb');
    await form.button('Revoke ALPHA_TOKEN from alpha.ipynb').waitFor();
    await form.field('Find').fill('token');
    await form.button('Revoke BETA_TOKEN from beta.ipynb').waitFor();
    expect(await form.root.getByRole('button', { name: /^Revoke / }).count()).toBe(5);
    expect(await look(lab, `kernels-${app}-grants`)).toEqual([]);
    await form.button('Revoke ALPHA_TOKEN from alpha.ipynb').click();
    await form.root.getByRole('status').filter({ hasText: 'alpha.ipynb may not use ALPHA_TOKEN any more.' }).waitFor();
    expect((await listedGrants(host)).filter(({ path }) => path === 'alpha.ipynb')).toEqual([]);
    await form.button('Close').click();
    expect(await ask('alpha.ipynb')).toMatchObject({ has: '' });
  });

  it('turns redaction off in sight of all, and on again', async () => {
    await lab.secrets.allow('ALPHA_TOKEN');
    await lab.secrets.redaction.click();
    await lab.secrets.notebook.getByText('Outputs are not redacted').waitFor();
    await run(1);
    await lab.outputs(1).getByText(`${SMALL.ALPHA_TOKEN.length} ${SMALL.ALPHA_TOKEN}`).waitFor();
    expect(await look(lab, `kernels-${app}-not-redacted`)).toEqual([]);
    await lab.secrets.redaction.click();
    await lab.secrets.notebook.getByText('Outputs are redacted').waitFor();
    await lab.notification('show values as they are from now on').waitFor({ state: 'detached' });
    await run(1);
    await lab.outputs(1).getByText(`${SMALL.ALPHA_TOKEN.length} [ALPHA_TOKEN]`).waitFor();
    await lab.secrets.notebook.getByRole('button', { name: 'About' }).click();
    await lab.secrets.notebook.getByText('Not so values under 6 characters').waitFor();
    expect(await look(lab, `kernels-${app}-redacted`)).toEqual([]);
    await lab.closeNotifications();
  });

  it('starts a kernel while the vault is locked, is told what it lacks, unlocks, and the next cell has it', async () => {
    await lab.run('Lock the Local Vault');
    await lab.secrets.button('Unlock').first().waitFor();
    await lab.openNotebook('locked.ipynb');
    const warning = lab.notification('Missing in locked.ipynb: BETA_TOKEN. Your secrets are locked.');
    await warning.waitFor();
    await lab.kernelIsReady('locked.ipynb');
    await lab.secrets.open();
    await lab.secrets.notebook.getByText('BETA_TOKEN: Your secrets are locked.').waitFor();
    expect(await look(lab, `kernels-${app}-locked`)).toEqual([]);
    await warning.getByRole('button', { name: 'Unlock' }).click();
    const form = lab.secrets.form('Unlock');
    await form.field('Passphrase').fill(PASSPHRASE);
    await form.button('Unlock').click();
    await warning.waitFor({ state: 'detached' });
    await lab.secrets.row('BETA_TOKEN').waitFor(); // its button put the warning away; this is when the vault is open
    await run(0);
    await lab.outputs(0).getByText(`${SMALL.BETA_TOKEN.length} [BETA_TOKEN]`).waitFor();
    await lab.secrets.standing('BETA_TOKEN', 'In this kernel').waitFor();
  });

  it('has seen pages that threw nothing', () => {
    expect(lab.errors).toEqual([]);
  });
});

/** Secrets `NAME_00` and so on, whose values have so many characters. */
function numbered(name: string, count: number, size: number): Readonly<Record<string, string>> {
  const values = Array.from({ length: count }, (_, number) => {
    const digits = String(number).padStart(2, '0');
    return [`${name}_${digits}`, `${digits}-`.repeat(Math.ceil(size / 3)).slice(0, size)];
  });
  return Object.fromEntries(values) as Record<string, string>;
}
