// @vitest-environment jsdom
import axe from 'axe-core';
import { expect, it } from 'vitest';

import type { Sheet } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { Jupyter } from './jupyter.ts';
import { box, button, key, openSheet, press, screen, type, waitFor } from './page.tsx';

/** Contrast needs a real page; so does the landmark, which is the panel. */
const OPTIONS = { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } };

const findings = async (): Promise<string[]> =>
  (await axe.run(document.body, OPTIONS)).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);

const OF = { vault: 'local', uid: 'uid-1' };

it.each<[string, Sheet, () => void]>([
  ['create, with errors', { kind: 'create' }, () => press('Create')],
  ['create, with a warning', { kind: 'create' }, () => type('Name', 'my key')],
  ['replace', { kind: 'replace', secret: OF }, () => key('Enter')],
  ['edit', { kind: 'edit', secret: OF }, () => type('Name', 'OTHER')],
  ['passphrase', { kind: 'passphrase' }, () => press('Set Passphrase')],
  ['sign-in', { kind: 'sign-in' }, () => press('Sign In')],
])('%s has nothing that axe finds', async (_, sheet, change) => {
  const jupyter = new Jupyter();
  jupyter.offered = true;
  jupyter.signedIn = true;
  jupyter.add('OPENAI_API_KEY');
  await openSheet(jupyter, sheet);
  if (sheet.kind === 'sign-in') await screen.findByRole('button', { name: /Datalayer CLI/ });
  change();
  expect(await findings()).toEqual([]);
});

it.each([
  ['unlock', 'locked'],
  ['set-up', 'new'],
] as const)('%s has nothing that axe finds', async (kind, state) => {
  const jupyter = new Jupyter();
  jupyter.state = state;
  await openSheet(jupyter, { kind });
  await waitFor(() => box(/^(New p|P)assphrase$/));
  expect(await findings()).toEqual([]);
});

it('asking whether to throw away what was entered has nothing that axe finds', async () => {
  await openSheet(new Jupyter(), { kind: 'create' });
  type('Name', 'x');
  key('Escape');
  expect(await findings()).toEqual([]);
});

it('every form is named by its title', async () => {
  await openSheet(new Jupyter(), { kind: 'create' });
  expect(screen.getByRole('form', { name: 'Create Secret' })).toBeDefined();
  expect(button('Create').textContent).toBe('Create');
});
