import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Home } from '../../fixtures/service.ts';
import { InProcess } from './app.ts';

describe('what a request adds to the label of its token', () => {
  let service: InProcess;
  let uid: string;
  beforeAll(async () => {
    service = await InProcess.open();
    const { json } = await service.ask('POST', '/api/iam/v1/secrets', { body: { name: 'A', value: 'canary-audit' } });
    uid = (json['secret'] as { uid: string }).uid;
  });
  afterAll(() => service.close());

  const read = (label: string, tokenLabel = 'JupyterLab') =>
    service.ask('GET', `/vaults/local/api/iam/v1/secrets/${uid}`, {
      headers: { authorization: `Bearer ${service.token('kernel', tokenLabel)}`, 'audit-label': label },
    });
  const labels = async () => (await service.local.vault().audit({ limit: 1000 })).map(({ label }) => label);

  it('is in the event of that read, behind the label of the token', async () => {
    expect((await read(encodeURIComponent('Übung 1.ipynb, python3 7d3c'))).status).toBe(200);
    const [event] = await service.local.vault().audit({ limit: 1 });
    expect(event).toMatchObject({
      label: 'JupyterLab: Übung 1.ipynb, python3 7d3c',
      scope: 'kernel',
      action: 'reveal',
      name: 'A',
      outcome: 'ok',
    });
  });

  it('is in the event of a refusal too', async () => {
    const { status } = await service.ask('GET', '/vaults/local/api/iam/v1/secrets/01ARZ3NDEKTSV4RRFFQ69G5FAV', {
      headers: { 'audit-label': 'a.ipynb' },
    });
    expect(status).toBe(404);
    const [event] = await service.local.vault().audit({ limit: 1 });
    expect(event).toMatchObject({ label: 'a test: a.ipynb', outcome: 'refused' });
  });

  it('is of one request only', async () => {
    await read('a.ipynb');
    const { status } = await service.ask('GET', `/vaults/local/api/iam/v1/secrets/${uid}`);
    expect([status, (await labels())[0]]).toEqual([200, 'a test']);
  });

  it('has room as long as both together have at most 200 characters', async () => {
    const room = 200 - 'JupyterLab: '.length;
    expect((await read('x'.repeat(room))).status).toBe(200);
    expect((await labels())[0]).toHaveLength(200);
    expect((await read('x'.repeat(room + 1))).status).toBe(400);
  });

  it.each([
    ['nothing', ''],
    ['control characters', 'a%0Ab'],
    ['half of a character', '%C3'],
    ['no percent-encoding', 'canary%'],
    ['half of a surrogate pair', '%ED%A0%80'],
  ])('is refused with `invalid` where it is %s: no value is given and nothing repeated', async (_, label) => {
    const before = (await labels()).length;
    const { status, json, text } = await read(label);
    expect([status, json['code'], json['details']]).toEqual([400, 'invalid', { field: 'audit-label' }]);
    expect(text).not.toContain('canary');
    expect(await labels()).toHaveLength(before);
  });

  it('gives who may not read nothing, and does not make a refusal look like another client', async () => {
    const { status } = await service.ask('GET', `/vaults/local/api/iam/v1/secrets/${uid}`, {
      scope: 'page',
      headers: { 'audit-label': 'another' },
    });
    expect(status).toBe(403);
    await expect.poll(async () => (await labels())[0]).toBe('a test');
  });
});

describe('the command line', () => {
  const home = new Home();
  afterAll(() => home.dispose());

  it('shows it', async () => {
    await home.run(['setup', '--key-file', join(home.folder, 'key')]);
    await home.run(['create', 'A'], { input: 'x' });
    const { origin, token } = await home.running('JupyterLab', 'kernel');
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${origin}/vaults/local/api/iam/v1/secrets${path}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      }).then((response) => response.json() as Promise<{ secrets: { uid: string }[] }>);
    const [secret] = (await ask('')).secrets;
    await ask(`/${secret?.uid ?? ''}`, { 'audit-label': 'work/a.ipynb%2C%20python3%207d3c' });
    expect((await home.run(['audit'])).stdout).toContain('JupyterLab: work/a.ipynb, python3 7d3c');
  });
});
