import { SecretValue, type Secret, type Secrets } from '@datalayer-secrets/shared';
import { afterEach, describe, expect, it } from 'vitest';
import {
  startDatalayerService,
  type Failure,
  type PutBehaviour,
  type ServiceOptions,
} from '../../fixtures/datalayer-service.ts';
import { EDITOR, Machine } from './remote-parts.ts';

// The service at the other end is test/fixtures/datalayer-service.ts: answers written from the protocol notes.

const VALUE = 'vàl✓\r\n"quoted" 🔑\n';

let machine: Machine;
let secrets: Secrets;
afterEach(() => machine.end());

async function start(service: ServiceOptions = {}): Promise<void> {
  machine = await Machine.start({}, service);
  const { valueEncoding } = machine.datalayer;
  await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token), valueEncoding });
  secrets = machine.remotes.secrets('datalayer', EDITOR);
}
const stored = (name: string) => [...machine.datalayer.secrets.values()].find((secret) => secret.name === name);
const find = async (name: string): Promise<Secret> => {
  const found = (await secrets.list()).find((secret) => secret.name === name);
  if (!found) throw new Error(`${name} is not listed`);
  return found;
};

describe.each([
  ['plain', {}],
  ['plain, marked', { encodingMarker: true }],
  ['base64', { valueEncoding: 'base64' }],
] as const)('a service that writes values %s', (_, service) => {
  it('lists, creates, reveals, changes, replaces and deletes', async () => {
    await start(service);
    const created = await secrets.create({
      name: 'KEY',
      description: 'mine',
      type: 'key',
      value: new SecretValue(VALUE),
    });
    expect(created).toMatchObject({ name: 'KEY', description: 'mine', type: 'key' });
    expect(stored('KEY')?.value.toString()).toBe(VALUE);
    expect((await secrets.reveal(created)).expose()).toBe(VALUE);
    await secrets.update(created, { description: 'ours' });
    await secrets.replaceValue(created, new SecretValue(`${VALUE}2`));
    expect(await find('KEY')).toMatchObject({ description: 'ours', type: 'key' });
    expect((await secrets.reveal(await find('KEY'))).expose()).toBe(`${VALUE}2`);
    await secrets.delete(await find('KEY'));
    expect(await secrets.list()).toEqual([]);
  });
});

describe('a list', () => {
  it('never carries a value, even from a service that sends them, and keeps types it does not know', async () => {
    await start();
    machine.datalayer.listWithValues = true;
    machine.datalayer.add({ name: 'mcp:x', value: 'canary-value', variant: 'mcp-oauth' });
    const listed = await secrets.list();
    expect(listed).toMatchObject([{ name: 'mcp:x', type: 'mcp-oauth' }]);
    expect(JSON.stringify(listed)).not.toContain('canary-value');
  });
});

describe('a marker in the answer', () => {
  it('wins over what the vault was set to', async () => {
    await start({ valueEncoding: 'base64', encodingMarker: true });
    await machine.remotes.signIn({ token: new SecretValue(machine.datalayer.token), valueEncoding: 'plain' });
    machine.datalayer.add({ name: 'KEY', value: VALUE });
    expect((await secrets.reveal(await find('KEY'))).expose()).toBe(VALUE);
  });
});

describe('the encoding of a vault', () => {
  it('is remembered with it', async () => {
    await start({ valueEncoding: 'base64' });
    await machine.restart();
    secrets = machine.remotes.secrets('datalayer', EDITOR);
    await secrets.create({ name: 'KEY', description: '', type: 'generic', value: new SecretValue(VALUE) });
    expect(stored('KEY')?.value.toString()).toBe(VALUE);
  });
});

describe('a service in trouble', () => {
  it.each<[string, Failure, string]>([
    ['403', { status: 403 }, 'forbidden'],
    ['404', { status: 404 }, 'not_found'],
    ['409', { status: 409 }, 'conflict'],
    ['413', { status: 413 }, 'too_large'],
    ['429', { status: 429, retryAfter: 60 }, 'rate_limited'],
    ['500', { status: 500 }, 'server'],
    ['503', { status: 503 }, 'busy'],
    ['success:false', { refuse: 'success-false' }, 'server'],
    ['a redirect', { refuse: 'redirect', to: 'https://example.org/' }, 'redirect'],
    ['a broken connection', { refuse: 'drop' }, 'offline'],
  ])('%s is an error of its own kind, and the vault stays ready', async (_, failure, kind) => {
    await start();
    machine.datalayer.fail(failure, { method: 'POST' });
    const value = new SecretValue('canary-value');
    const error: unknown = await secrets
      .create({ name: 'K', description: '', type: 'key', value })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ kind });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary-value');
    expect(machine.remotes.list()[0]).toMatchObject({ state: 'ready', failure: null });
    machine.datalayer.recover();
    expect(await secrets.list()).toEqual([]);
  });

  it('that answers with a web page is not taken for a service without secrets', async () => {
    await start();
    machine.datalayer.fail({ refuse: 'html' });
    const error: unknown = await secrets.list().catch((e: unknown) => e);
    expect((error as { kind: string }).kind).toMatch(/^(proxy|protocol)$/);
  });

  it('that hangs can be cancelled at once', async () => {
    await start();
    machine.datalayer.fail({ refuse: 'hang' }, { method: 'GET', path: /secrets$/ });
    const cancel = new AbortController();
    const listing = secrets.list({ signal: cancel.signal });
    await machine.datalayer.seen(({ path }) => path.endsWith('/secrets'));
    cancel.abort();
    await expect(listing).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('a change of name or description', () => {
  it('never sends a value; a service that insists says so', async () => {
    await start();
    machine.datalayer.put = 'value-demanded';
    machine.datalayer.add({ name: 'KEY', value: VALUE });
    await expect(secrets.update(await find('KEY'), { description: 'new' })).rejects.toMatchObject({
      kind: 'value_required',
    });
    expect(machine.datalayer.calls('PUT', /./)).toMatchObject([{ body: { description: 'new' } }]);
  });
});

describe('replacing a value', () => {
  const replace = async () => {
    machine.datalayer.add({ name: 'KEY', value: 'old', description: 'mine', variant: 'password' });
    const before = await find('KEY');
    machine.datalayer.requests.length = 0;
    return secrets.replaceValue(before.uid, new SecretValue(VALUE));
  };
  const writes = () => machine.datalayer.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);

  it('is one step where the service has one', async () => {
    await start();
    machine.datalayer.capabilities = { replace: true, audit: false, readOnly: false };
    expect(await replace()).toMatchObject({ name: 'KEY', description: 'mine', type: 'password' });
    expect(machine.datalayer.requests.map(({ path }) => path.replace(/[0-9A-Z]{26}/, '<uid>'))).toEqual([
      '/api/vault/v1/capabilities',
      '/api/vault/v1/secrets/<uid>/replace',
    ]);
    expect(stored('KEY')?.value.toString()).toBe(VALUE);
  });

  it.each<PutBehaviour>(['accepted', 'value-demanded', 'without-secret'])(
    'is a PUT of everything where that is taken (%s)',
    async (put) => {
      await start();
      machine.datalayer.put = put;
      expect(await replace()).toMatchObject({ name: 'KEY', description: 'mine', type: 'password' });
      expect(writes()).toEqual(['PUT']);
      expect(stored('KEY')).toMatchObject({ description: 'mine', variant: 'password' });
      expect(stored('KEY')?.value.toString()).toBe(VALUE);
    },
  );

  it.each<PutBehaviour>(['value-refused', 'absent'])(
    'is delete and create where a PUT is refused (%s)',
    async (put) => {
      await start();
      machine.datalayer.put = put;
      expect(await replace()).toMatchObject({ name: 'KEY', description: 'mine', type: 'password' });
      expect(writes()).toEqual(['PUT', 'DELETE', 'POST']);
      expect(stored('KEY')?.value.toString()).toBe(VALUE);
    },
  );

  it('asks once what the service can, not with each replacement', async () => {
    await start();
    await replace();
    await secrets.replaceValue(await find('KEY'), new SecretValue('third'));
    expect(machine.datalayer.calls('GET', /capabilities/)).toHaveLength(1);
  });

  it('of a team vault never falls apart into two steps because its answer failed once', async () => {
    await start();
    const team = await startDatalayerService();
    team.capabilities = { replace: true, audit: true, readOnly: false };
    const { uid } = team.add({ name: 'KEY', value: 'old' });
    const { vault } = await machine.remotes.signIn({ origin: team.origin, token: new SecretValue(team.token) });
    const theirs = machine.remotes.secrets(vault?.id ?? '', EDITOR);
    team.fail({ status: 503 }, { path: /capabilities/, times: 1 });
    await expect(theirs.replaceValue(uid, new SecretValue(VALUE))).rejects.toMatchObject({ kind: 'busy' });
    await theirs.replaceValue(uid, new SecretValue(VALUE));
    expect(team.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual([
      `/api/vault/v1/secrets/${uid}/replace`,
    ]);
    await team.close();
  });

  it('that deleted and could not store says exactly that, without the value', async () => {
    await start();
    machine.datalayer.put = 'value-refused';
    machine.datalayer.fail({ status: 413 }, { method: 'POST' });
    const error: unknown = await replace().catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'server', details: { reason: 'deleted-not-stored' } });
    expect(JSON.stringify(error)).not.toContain('vàl');
    expect(stored('KEY')).toBeUndefined();
  });

  it('whose create was carried out but not answered is found by its name', async () => {
    await start();
    machine.datalayer.put = 'value-refused';
    machine.datalayer.loseNextAnswer('POST');
    expect(await replace()).toMatchObject({ name: 'KEY', type: 'password' });
    expect(stored('KEY')?.value.toString()).toBe(VALUE);
  });

  it.each<[string, Failure, string]>([
    ['403', { status: 403 }, 'forbidden'],
    ['429', { status: 429 }, 'rate_limited'],
    ['500', { status: 500 }, 'server'],
    ['a broken connection', { refuse: 'drop' }, 'offline'],
  ])('deletes nothing when the PUT fails for another reason (%s)', async (_, failure, kind) => {
    await start();
    machine.datalayer.fail(failure, { method: 'PUT' });
    await expect(replace()).rejects.toMatchObject({ kind });
    expect(writes()).toEqual(['PUT']);
    expect(stored('KEY')?.value.toString()).toBe('old');
  });

  it('that cannot delete leaves the old value', async () => {
    await start();
    machine.datalayer.put = 'value-refused';
    machine.datalayer.fail({ status: 403 }, { method: 'DELETE' });
    await expect(replace()).rejects.toMatchObject({ kind: 'forbidden' });
    expect(stored('KEY')?.value.toString()).toBe('old');
  });

  it('is not interrupted between delete and create', async () => {
    await start();
    machine.datalayer.put = 'value-refused';
    machine.datalayer.add({ name: 'KEY', value: 'old' });
    const before = await find('KEY');
    const cancel = new AbortController();
    const replacing = secrets.replaceValue(before, new SecretValue(VALUE), { signal: cancel.signal });
    await machine.datalayer.seen(({ method }) => method === 'DELETE');
    cancel.abort();
    expect(await replacing).toMatchObject({ name: 'KEY' });
    expect(stored('KEY')?.value.toString()).toBe(VALUE);
  });

  it('of a secret that is gone says so and creates nothing', async () => {
    await start();
    await expect(secrets.replaceValue('01ARZ3NDEKTSV4RRFFQ69G5FAV', new SecretValue(VALUE))).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(machine.datalayer.secrets.size).toBe(0);
  });

  it('beyond 65,536 bytes is refused here, with nothing sent and nothing deleted', async () => {
    await start();
    machine.datalayer.put = 'value-refused';
    machine.datalayer.add({ name: 'KEY', value: 'old' });
    const before = await find('KEY');
    machine.datalayer.requests.length = 0;
    await expect(secrets.replaceValue(before, new SecretValue('x'.repeat(65_537)))).rejects.toMatchObject({
      kind: 'too_large',
    });
    expect(writes()).toEqual([]);
    expect(stored('KEY')?.value.toString()).toBe('old');
  });
});

describe('revealing while the local vault is open', () => {
  it('records the intent before and the result after, with who asked, what and where', async () => {
    await start();
    const vault = await machine.open();
    machine.datalayer.add({ name: 'KEY', value: VALUE });
    await secrets.reveal(await find('KEY'));
    const by = { label: 'an editor', scope: 'full', action: 'remote_reveal', name: 'KEY' };
    const events = await vault.audit({ limit: 10 });
    expect(events).toMatchObject([
      { ...by, outcome: 'ok', detail: 'datalayer' },
      { ...by, outcome: 'intent', detail: 'datalayer' },
    ]);
    expect(await vault.verify()).toBeNull();
  });

  it('records a refusal with its kind', async () => {
    await start();
    const vault = await machine.open();
    await expect(secrets.reveal('01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toMatchObject({ kind: 'not_found' });
    const [latest] = await vault.audit({ limit: 1 });
    expect(latest).toMatchObject({ action: 'remote_reveal', outcome: 'refused', detail: 'datalayer not_found' });
  });

  it('reveals nothing, and asks nothing of the service, when it cannot be recorded', async () => {
    await start();
    const vault = await machine.open();
    const { uid } = machine.datalayer.add({ name: 'KEY', value: VALUE });
    await vault.close();
    machine.datalayer.requests.length = 0;
    await expect(secrets.reveal(uid)).rejects.toMatchObject({ kind: 'audit_unavailable' });
    expect(machine.datalayer.requests).toEqual([]);
  });

  it('records no list, and nothing at all while the local vault is locked', async () => {
    await start();
    const vault = await machine.open();
    machine.datalayer.add({ name: 'KEY', value: VALUE });
    const listed = await find('KEY');
    expect(await vault.audit({ limit: 10 })).toEqual([]);
    await machine.lock();
    expect((await secrets.reveal(listed)).expose()).toBe(VALUE);
    expect(await (await machine.open()).audit({ limit: 10 })).toEqual([]);
  });
});

describe('every change', () => {
  it('is told to who listens', async () => {
    await start();
    const told = async (work: () => Promise<unknown>) => {
      machine.changes.length = 0;
      await work();
      return machine.changes;
    };
    const value = new SecretValue('v');
    expect(await told(() => secrets.create({ name: 'A', description: '', type: 'key', value }))).toEqual(['datalayer']);
    expect(await told(async () => secrets.update(await find('A'), { name: 'B' }))).toEqual(['datalayer']);
    expect(await told(async () => secrets.replaceValue(await find('B'), value))).toEqual(['datalayer']);
    expect(await told(async () => secrets.delete(await find('B')))).toEqual(['datalayer']);
    expect(await told(() => secrets.list())).toEqual([]);
  });
});
