// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';

import { Jupyter } from './jupyter.ts';
import { act, alerts, box, button, fireEvent, key, openSheet, press, saidOf, screen, type, waitFor } from './page.tsx';
import { traces } from './traces.ts';

let jupyter: Jupyter;
let uid: string;
beforeEach(() => {
  jupyter = new Jupyter();
  uid = jupyter.add('OPENAI_API_KEY', { description: 'for the demo\nsecond line', variant: 'key' });
  jupyter.add('TAKEN');
});
const of = () => ({ vault: 'local', uid });

describe('a new value', () => {
  it('takes the place of the old under the same name, and leaves no trace', async () => {
    const { done, secrets } = await openSheet(jupyter, { kind: 'replace', secret: of() });
    expect(screen.getByText('OPENAI_API_KEY')).toBeDefined();
    expect(screen.queryByLabelText('Name')).toBeNull();
    expect(box('New value')).toBe(document.activeElement);
    type('New value', 'canary-of-a-value');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.asked).toContain(`POST /vaults/local/api/vault/v1/secrets/${uid}/replace`);
    expect(traces('canary-of-a-value', secrets, secrets.model.state)).toEqual([]);
  });

  it.each([
    ['was deleted elsewhere', 404, 'not_found', 'This secret does not exist any more.'],
    ['was not stored', 502, 'deleted_not_stored', 'What you entered is still here'],
    ['is too large', 413, 'too_large', 'This is too large'],
  ] as const)('stays in its field when the secret %s', async (_, status, code, said) => {
    const { done } = await openSheet(jupyter, { kind: 'replace', secret: of() });
    type('New value', 'canary');
    jupyter.refuse(/replace$/, status, code);
    key('Enter');
    await waitFor(() => expect(alerts()).toContain(said));
    expect(box('New value').value).toBe('canary');
    expect(done).not.toHaveBeenCalled();
  });

  it('is asked for, not sent empty', async () => {
    await openSheet(jupyter, { kind: 'replace', secret: of() });
    key('Enter');
    await waitFor(() => expect(saidOf('New value')).toContain('A secret needs a value.'));
    expect(jupyter.asked.filter((route) => route.endsWith('/replace'))).toEqual([]);
  });

  it('is refused beforehand for a secret that is not there', async () => {
    await openSheet(jupyter, { kind: 'replace', secret: { vault: 'local', uid: 'uid-99' } });
    await waitFor(() => expect(alerts()).toContain('This secret does not exist any more.'));
  });
});

describe('name, type and description', () => {
  it('are as they are at first, line breaks included; only what differs is sent, and no value', async () => {
    const bodies = jupyter.record();
    const { done } = await openSheet(jupyter, { kind: 'edit', secret: of() });
    expect(box('Name').value).toBe('OPENAI_API_KEY');
    expect(box('Description').value).toBe('for the demo\nsecond line');
    fireEvent.click(screen.getByRole('radio', { name: 'Token' }));
    key('Enter');
    press('Save');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(JSON.parse(bodies.at(-1) ?? '')).toEqual({ variant: 'token' });
  });

  it('stay without a request when nothing differs', async () => {
    const { done } = await openSheet(jupyter, { kind: 'edit', secret: of() });
    press('Save');
    expect(done).toHaveBeenCalledWith(true);
    expect(jupyter.asked.filter((route) => route.startsWith('PUT'))).toEqual([]);
  });

  it('say what another name breaks, and that it is a renaming', async () => {
    const { done } = await openSheet(jupyter, { kind: 'edit', secret: of() });
    type('Name', 'OTHER_KEY');
    expect(saidOf('Name')).toContain(
      'References and grants go by name: those to OPENAI_API_KEY find nothing afterwards.',
    );
    press('Rename');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.secrets.local.map(({ name }) => name)).toEqual(['OTHER_KEY', 'TAKEN']);
  });

  it('take the own name, and none that another secret has', async () => {
    await openSheet(jupyter, { kind: 'edit', secret: of() });
    type('Name', 'TAKEN');
    expect(saidOf('Name')).toContain('exists already');
    type('Name', 'OPENAI_API_KEY');
    expect(box('Name').getAttribute('aria-invalid')).toBeNull();
  });

  it('survive a service that was killed', async () => {
    await openSheet(jupyter, { kind: 'edit', secret: of() });
    type('Description', 'another');
    jupyter.kill(/^PUT/);
    press('Save');
    await waitFor(() => expect(alerts()).toContain('The connection broke before the answer came.'));
    expect(box('Description').value).toBe('another');
  });

  it('of a type that only another program knows keep it', async () => {
    uid = jupyter.add('ODD', { variant: 'certificate' });
    await openSheet(jupyter, { kind: 'edit', secret: of() });
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'certificate' }).checked).toBe(true);
  });

  it('are looked for when the panel has not listed them yet', async () => {
    await openSheet(jupyter, { kind: 'edit', secret: of() }, { look: false });
    await waitFor(() => expect(box('Name').value).toBe('OPENAI_API_KEY'));
    expect(box('Name')).toBe(document.activeElement);
  });
});

describe('the focus', () => {
  it('goes back to where it was when the form is over', async () => {
    const outside = document.createElement('button');
    document.body.append(outside);
    outside.focus();
    await openSheet(jupyter, { kind: 'edit', secret: of() });
    expect(box('Name')).toBe(document.activeElement);
    press('Cancel');
    await act(() => Promise.resolve());
    expect(document.activeElement).toBe(outside);
    outside.remove();
  });

  it('stays where the user has put it meanwhile', async () => {
    const [before, cell] = [document.createElement('button'), document.createElement('textarea')];
    document.body.append(before, cell);
    before.focus();
    const { done } = await openSheet(jupyter, { kind: 'edit', secret: of() });
    type('Description', 'another');
    fireEvent.click(button('Save'));
    cell.focus();
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(document.activeElement).toBe(cell);
    before.remove();
    cell.remove();
  });
});
