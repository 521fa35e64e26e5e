// @vitest-environment jsdom
import { failure } from '@datalayer-secrets/shared';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { Jupyter } from './jupyter.ts';
import { act, alerts, box, button, fireEvent, key, openSheet, press, saidOf, screen, type, waitFor } from './page.tsx';
import { traces } from './traces.ts';

const SETUP = 'POST /api/vault/v1/setup';
let jupyter: Jupyter;
beforeEach(() => {
  jupyter = new Jupyter();
});

describe('setting up the local vault', () => {
  beforeEach(() => {
    jupyter.state = 'new';
  });

  it('asks nothing where there is a keychain', async () => {
    jupyter.keychain = 'available';
    const { done } = await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.slots).toEqual(['keychain']);
  });

  it('takes a passphrase, twice alike, where there is none, and leaves no trace of it', async () => {
    const { done, secrets } = await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => box('New passphrase'));
    expect(screen.getByText(/This session has no keychain/)).toBeDefined();
    expect(screen.getByRole('radio', { name: 'By a passphrase' })).toBe(document.activeElement);
    type('New passphrase', 'short');
    key('Enter');
    await waitFor(() => expect(saidOf('New passphrase')).toContain('8 characters or more'));
    expect(box('New passphrase')).toBe(document.activeElement);
    type('New passphrase', 'canary horse battery');
    type('The same again', 'canary horse batterx');
    key('Enter');
    await waitFor(() => expect(saidOf('The same again')).toContain('The two are different.'));
    expect(jupyter.asked).not.toContain(SETUP);
    type('The same again', 'canary horse battery');
    const boxes = [box('New passphrase'), box('The same again')];
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect([jupyter.slots, jupyter.passphrase]).toEqual([['passphrase'], 'canary horse battery']);
    expect(boxes.map(({ value, isConnected }) => [value, isConnected])).toEqual([
      ['', false],
      ['', false],
    ]);
    expect(traces('canary horse', secrets, secrets.model.state)).toEqual([]);
  });

  it('takes a key file with one choice', async () => {
    const { done } = await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => box('New passphrase'));
    fireEvent.click(screen.getByRole('radio', { name: 'By a key file' }));
    expect(box('New passphrase').closest('[hidden]')).not.toBeNull();
    press('Make the Vault');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.slots).toEqual(['file']);
  });

  it('offers the other ways when the keychain refuses, and says why', async () => {
    jupyter.keychain = 'available';
    jupyter.refuse(/setup$/, 424, 'keychain_denied');
    await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => expect(screen.getByText(/The keychain did not give out the key./)).toBeDefined());
    expect(box('New passphrase')).toBeDefined();
  });

  it('does not ask a keychain again that has just refused', async () => {
    jupyter.keychain = 'available';
    await openSheet(jupyter, { kind: 'set-up', refusal: failure('keychain_denied') });
    await screen.findByText(/The keychain did not give out the key./);
    expect(jupyter.asked).not.toContain(SETUP);
  });

  it('is as good as done when another program has done it', async () => {
    const { done } = await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => box('New passphrase'));
    fireEvent.click(screen.getByRole('radio', { name: 'By a key file' }));
    jupyter.state = 'open';
    press('Make the Vault');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('keeps the passphrase in its fields when it fails', async () => {
    await openSheet(jupyter, { kind: 'set-up' });
    await waitFor(() => box('New passphrase'));
    type('New passphrase', 'canary horse battery');
    type('The same again', 'canary horse battery');
    jupyter.refuse(/setup$/, 507, 'disk_full');
    key('Enter');
    await waitFor(() => expect(alerts()).toContain('The disk is full'));
    expect([box('New passphrase').value, box('The same again').value]).toEqual(Array(2).fill('canary horse battery'));
  });

  it('can be tried again when the service cannot be asked', async () => {
    jupyter.keychain = 'available';
    jupyter.refuse(/status$/, 500, 'unexpected');
    const { done } = await openSheet(jupyter, { kind: 'set-up' }, { look: false });
    await waitFor(() => button('Try Again'));
    press('Try Again');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('can be left while the keychain is waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    jupyter.keychain = 'available';
    jupyter.hold(/setup$/);
    const { done } = await openSheet(jupyter, { kind: 'set-up' });
    await act(() => vi.advanceTimersByTimeAsync(1_100));
    expect(screen.getByText('Waiting for the keychain of this machine…')).toBeDefined();
    press('Stop Waiting');
    await act(() => vi.advanceTimersByTimeAsync(0));
    press('Cancel');
    expect(done).toHaveBeenCalledWith(false);
    vi.useRealTimers();
  });
});

describe('unlocking', () => {
  beforeEach(() => {
    jupyter.state = 'locked';
    jupyter.passphrase = 'canary horse battery';
  });

  it('asks nothing where the keychain gives the key', async () => {
    jupyter.slots = ['keychain', 'passphrase'];
    const { done } = await openSheet(jupyter, { kind: 'unlock' });
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('takes the passphrase; a wrong one stays, selected, to be typed over', async () => {
    const { done, secrets } = await openSheet(jupyter, { kind: 'unlock' });
    await waitFor(() => expect(saidOf('Passphrase')).toContain('Of the vault on ada-laptop'));
    expect(box('Passphrase')).toBe(document.activeElement);
    type('Passphrase', 'canary horse');
    key('Enter');
    await waitFor(() => expect(saidOf('Passphrase')).toContain('This is not the passphrase.'));
    const field = box('Passphrase');
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['canary horse', 0, 12]);
    type('Passphrase', 'canary horse battery');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(secrets.model.state.vaults[0]?.list.kind).toBe('ready');
    expect(traces('canary horse', secrets, secrets.model.state)).toEqual([]);
  });

  it.each([
    ['keychain', 'keychain_locked', 'The keychain of the system is locked.'],
    ['file', 'no_key_file', 'The key file of the vault is not there'],
  ] as const)('goes on to the passphrase when the %s does not do', async (slot, code, said) => {
    jupyter.slots = [slot, 'passphrase'];
    jupyter.refuse(/unlock$/, 424, code);
    const { done } = await openSheet(jupyter, { kind: 'unlock' });
    await waitFor(() => box('Passphrase'));
    expect(document.body.textContent).toContain(said);
    expect(document.body.textContent).toContain('The passphrase opens the vault too.');
    press('Try the other way again');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('does not ask a keychain again that has just refused', async () => {
    jupyter.slots = ['keychain', 'passphrase'];
    await openSheet(jupyter, { kind: 'unlock', refusal: failure('keychain_denied') });
    await screen.findByText(/The keychain did not give out the key./);
    expect(jupyter.asked).not.toContain('POST /api/vault/v1/unlock');
  });

  it('says why where there is no other way, and tries again', async () => {
    jupyter.slots = ['file'];
    jupyter.refuse(/unlock$/, 424, 'no_key_file');
    const { done } = await openSheet(jupyter, { kind: 'unlock' });
    await waitFor(() => expect(alerts()).toContain('The key file of the vault is not there'));
    press('Try Again');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });
});

describe('a passphrase for a vault that is open', () => {
  it('is set, and can be another one later', async () => {
    const { done } = await openSheet(jupyter, { kind: 'passphrase' });
    type('New passphrase', 'canary horse battery');
    type('The same again', 'canary horse battery');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.passphrase).toBe('canary horse battery');
    expect(traces('canary horse')).toEqual([]);
  });

  it('survives that the vault was locked meanwhile, and is set after unlocking', async () => {
    const { done } = await openSheet(jupyter, { kind: 'passphrase' });
    type('New passphrase', 'canary horse battery');
    type('The same again', 'canary horse battery');
    jupyter.state = 'locked';
    jupyter.slots = ['keychain'];
    key('Enter');
    await waitFor(() => button('Unlock'));
    press('Unlock');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.passphrase).toBe('canary horse battery');
  });
});

describe('signing in', () => {
  beforeEach(() => {
    jupyter.token = 'canary-of-a-token';
  });

  it('takes a pasted token without the blanks around it, remembers it unless told otherwise, and leaves no trace', async () => {
    const { done, secrets } = await openSheet(jupyter, { kind: 'sign-in' });
    expect(box('Token or API key')).toBe(document.activeElement);
    expect(box('Remember it')).toMatchObject({ checked: true });
    type('Token or API key', ' canary-of-a-token\n');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(secrets.model.state.vaults.map(({ info }) => info.id)).toEqual(['local', 'datalayer']);
    expect(traces('canary-of-a-token', secrets, secrets.model.state)).toEqual([]);
  });

  it('says of a wrong token that it is not accepted, beside it, and keeps it', async () => {
    const { done } = await openSheet(jupyter, { kind: 'sign-in' });
    type('Token or API key', 'canary-of-a-wrong-token');
    key('Enter');
    await waitFor(() => expect(saidOf('Token or API key')).toContain('This is not accepted.'));
    expect(box('Token or API key').value).toBe('canary-of-a-wrong-token');
    expect(box('Token or API key')).toBe(document.activeElement);
    expect(done).not.toHaveBeenCalled();
  });

  it('keeps the token when the network is down', async () => {
    await openSheet(jupyter, { kind: 'sign-in' });
    type('Token or API key', 'canary-of-a-token');
    jupyter.refuse(/^POST .*vaults$/, 502, 'offline', { host: 'prod1.datalayer.run' });
    key('Enter');
    await waitFor(() => expect(alerts()).toContain('prod1.datalayer.run cannot be reached.'));
    expect(box('Token or API key').value).toBe('canary-of-a-token');
  });

  it('asks for a token before it sends one', async () => {
    await openSheet(jupyter, { kind: 'sign-in' });
    press('Sign In');
    await waitFor(() => expect(saidOf('Token or API key')).toContain('Paste a token or an API key.'));
    expect(jupyter.asked).not.toContain('POST /api/vault/v1/vaults');
  });

  it('shows whose the sign-in of the Datalayer CLI is before it is used', async () => {
    jupyter.offered = true;
    const { done } = await openSheet(jupyter, { kind: 'sign-in' });
    await waitFor(() => button(/Datalayer CLI/));
    press(/Datalayer CLI/);
    await screen.findByText('Sign in as ada (ada@example.org)?');
    expect(jupyter.signedIn).toBe(false);
    press('Sign in another way');
    expect(box('Token or API key').closest('[hidden]')).toBeNull();
    press(/Datalayer CLI/);
    await waitFor(() => expect(button('Use This Account')).toBe(document.activeElement));
    press('Use This Account');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.signedIn).toBe(true);
  });
});
