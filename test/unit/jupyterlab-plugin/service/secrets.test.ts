// @vitest-environment jsdom
import '../setup.ts';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import { Jupyter } from '../forms/jupyter.ts';

/** What `POST /ensure` answers, and what it was asked. */
let service: Record<string, unknown>;
let policy: Record<string, boolean>;
let ensured: unknown[];
let jupyter: Jupyter;
let secrets: Secrets;

beforeEach(() => {
  service = { state: 'none', used: false, quiet: false };
  policy = { localVault: true, apiKey: false };
  ensured = [];
  jupyter = new Jupyter();
  secrets = new Secrets({
    origin: jupyter.origin,
    changes: () => () => undefined,
    fetch: async (url, init) => {
      if (!url.endsWith('/ensure')) return jupyter.fetch(url, init);
      ensured.push(JSON.parse(init.body as string));
      return Response.json({ success: true, service, policy });
    },
  });
});

const seen = (kind: string): Promise<void> => vi.waitFor(() => expect(secrets.model.state.service.kind).toBe(kind));
const asked = (count: number): Promise<void> => vi.waitFor(() => expect(ensured).toHaveLength(count));

describe('the way to the service', () => {
  it('asks nothing before somebody looks', async () => {
    await Promise.resolve();
    expect([ensured, jupyter.asked]).toEqual([[], []]);
    expect(secrets).toMatchObject({ outlook: 'unknown', policy: null, listed: false });
  });

  it('looks quietly each time somebody begins to look, and starts nothing', async () => {
    secrets.attend()();
    secrets.attend();
    await asked(1);
    expect(ensured).toEqual([{ start: false, quiet: true }]);
    secrets.attend();
    await secrets.model.refresh();
    expect(ensured.slice(1)).toEqual([{ start: false, quiet: true }]);
    expect(secrets.model.state.service.kind).toBe('none');
  });

  it('opens nothing by itself after the user has locked', async () => {
    secrets.allowQuiet(false);
    secrets.attend();
    await asked(1);
    expect(ensured).toEqual([{ start: false, quiet: false }]);
  });

  it('starts the service for whoever needs it', async () => {
    service = { state: 'open', version: '1.0.0' };
    expect(await secrets.start()).toBe(secrets.client);
    expect(ensured).toEqual([{ start: true, quiet: false }]);
  });

  it('shows what runs, and whether it has told its vaults', async () => {
    service = { state: 'open', version: '1.0.0' };
    jupyter.add('A');
    secrets.attend();
    await vi.waitFor(() => expect(secrets.model.state.vaults[0]?.list.kind).toBe('ready'));
    expect(secrets.listed).toBe(true);
  });

  it('tells what is known while none runs, and what the server allows', async () => {
    const changed = vi.fn();
    secrets.changed.connect(changed);
    policy = { localVault: false, apiKey: false };
    secrets.attend();
    await vi.waitFor(() => expect(secrets.outlook).toBe('unused'));
    expect(secrets.policy).toEqual({ localVault: false, apiKey: false });
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it.each([
    [true, false],
    [false, true],
  ])('has something to open where there is a vault (%s) or a key of the server (%s)', async (used, apiKey) => {
    service = { state: 'none', used, quiet: false };
    policy = { localVault: true, apiKey };
    secrets.attend();
    await vi.waitFor(() => expect(secrets.outlook).toBe('used'));
  });

  it('says which machine holds the vault where that is another', async () => {
    service = { state: 'elsewhere', host: 'pod-2' };
    secrets.attend();
    await seen('failed');
    expect(secrets.model.state.service).toMatchObject({ error: { kind: 'elsewhere', details: { host: 'pod-2' } } });
  });

  it('does not believe an answer that makes no sense', async () => {
    service = { state: 'on fire' };
    secrets.attend();
    await seen('failed');
    expect(secrets.model.state.service).toMatchObject({ error: { kind: 'protocol' } });
  });
});
