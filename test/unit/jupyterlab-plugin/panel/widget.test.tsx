// @vitest-environment jsdom
import '../setup.ts';
import { CommandRegistry } from '@lumino/commands';
import { StackedPanel, Widget } from '@lumino/widgets';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { inEnglish } from '@datalayer-secrets/shared';

import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import { Jupyter } from '../forms/jupyter.ts';
import { kernelsOf, OpenNotebook } from '../kernels/notebooks.ts';

const { SecretsPanel } = await import('../../../../jupyterlab-plugin/src/panel/panel-widget.tsx');

let jupyter: Jupyter;
let side: StackedPanel;
let panel: InstanceType<typeof SecretsPanel>;
let secrets: Secrets;
let watched: number;

beforeEach(() => {
  jupyter = new Jupyter();
  jupyter.add('OPENAI_API_KEY', { variant: 'key' });
  watched = 0;
  const changes = () => {
    watched += 1;
    return () => void (watched -= 1);
  };
  secrets = new Secrets({ origin: jupyter.origin, fetch: jupyter.fetch, changes });
  const { kernels, notebooks } = kernelsOf(jupyter);
  notebooks.show(new OpenNotebook('a.ipynb'));
  const commands = new CommandRegistry();
  const tools = { secrets, kernels, restart: vi.fn(), commands, t: inEnglish, language: 'en' };
  side = new StackedPanel();
  panel = new SecretsPanel(tools, () => {
    panel.show();
    panel.activate();
  });
  panel.hide();
  side.addWidget(panel);
  Widget.attach(side, document.body);
});
afterEach(() => side.dispose());

const there = (selector: string): Promise<Element> =>
  vi.waitFor(() => {
    const found = panel.node.querySelector(selector);
    if (!found) throw new Error(selector);
    return found;
  });

describe('the panel in the side bar', () => {
  it('asks for nothing before it is seen, follows what changes while it is, and no longer', async () => {
    await panel.renderPromise;
    expect(jupyter.asked).toEqual([]);
    panel.show();
    await vi.waitFor(() => expect(watched).toBe(1));
    side.hide();
    expect(watched).toBe(0);
    side.show();
    await vi.waitFor(() => expect(watched).toBe(1));
    panel.dispose();
    expect(watched).toBe(0);
  });

  it('that is there when it is attached looks at once', async () => {
    const early = new StackedPanel();
    Widget.detach(side);
    panel.show();
    expect(jupyter.asked).toEqual([]);
    early.addWidget(side);
    Widget.attach(early, document.body);
    await there('.dls-Row');
    early.dispose();
  });

  it('asks anew when the page comes back from the background, and loads only what is another', async () => {
    panel.show();
    await there('.dls-Row');
    await vi.waitFor(() => expect(watched).toBe(1));
    const before = jupyter.asked.length;
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.waitFor(() =>
      expect(jupyter.asked.slice(before).sort()).toEqual([
        'GET /api/vault/v1/status',
        'GET /api/vault/v1/vaults',
        'POST /notebooks/state',
      ]),
    );
    await vi.waitFor(() => expect(watched).toBe(1));
  });

  it('puts the focus into the list, once that is there', async () => {
    panel.show();
    panel.activate();
    await vi.waitFor(() => expect(document.activeElement?.className).toContain('dls-Row'));
  });

  it('puts the focus into the search box, once that is there', async () => {
    panel.search();
    await vi.waitFor(() => expect(document.activeElement?.className).toBe('dls-Search-input'));
  });

  it('gives the focus back to the list when a form is closed', async () => {
    panel.show();
    await there('.dls-Row');
    const completed = panel.open({ kind: 'create' });
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('INPUT'));
    [...panel.node.querySelectorAll('button')].find(({ textContent }) => textContent === 'Cancel')?.click();
    expect(await completed).toBe(false);
    await vi.waitFor(() => expect(document.activeElement?.className).toContain('dls-Row'));
  });

  it('knows the secret selected as long as there is one', async () => {
    panel.show();
    const row = (await there('.dls-Row[data-uid]')) as HTMLElement;
    expect(panel.selected).toBeNull();
    row.focus();
    expect(panel.selected).toEqual({ vault: 'local', uid: 'uid-1' });
    jupyter.secrets.local.length = 0;
    await secrets.model.refresh();
    expect(panel.selected).toBeNull();
  });

  it('is a region with a name, for its tab too', () => {
    expect(panel.node.getAttribute('role')).toBe('region');
    expect([panel.node.ariaLabel, panel.title.caption, panel.title.dataset['jpTabLabel']]).toEqual(
      Array(3).fill('Secrets'),
    );
    expect(panel.id).toBe('datalayer-secrets-panel');
  });
});
