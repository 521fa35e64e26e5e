// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Jupyter } from './jupyter.ts';
import { act, alerts, box, button, fireEvent, key, openSheet, press, saidOf, screen, type, waitFor } from './page.tsx';
import { traces } from './traces.ts';

const CREATE = { kind: 'create' } as const;
const POST = /^POST \/vaults\/local\/api\/iam\/v1\/secrets$/;

let jupyter: Jupyter;
beforeEach(() => {
  jupyter = new Jupyter();
});
afterEach(() => {
  vi.useRealTimers();
});

const fill = (value = 'swordfish'): void => {
  type('Name', 'DB_PASSWORD');
  type('Value', value);
  type('Description', 'of the demo');
};
const filled = (): unknown => ({
  name: box('Name').value,
  value: box('Value').value,
  description: box('Description').value,
  type: screen.getByRole<HTMLInputElement>('radio', { checked: true }).labels?.[0]?.textContent,
});
const FILLED = { name: 'DB_PASSWORD', value: 'swordfish', description: 'of the demo', type: 'Password' };

describe('a new secret', () => {
  it('is sent with all that was entered, by Enter', async () => {
    const bodies = jupyter.record();
    const { done } = await openSheet(jupyter, CREATE);
    fill();
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(JSON.parse(bodies.find((body) => body.includes('swordfish')) ?? '')).toEqual({
      name: 'DB_PASSWORD', description: 'of the demo', variant: 'password', value: 'swordfish', encoding: 'plain',
    }); // prettier-ignore
    expect(jupyter.secrets.local.map(({ name }) => name)).toEqual(['DB_PASSWORD']);
  });

  it('leaves its value nowhere in the page once it is sent', async () => {
    const { done, secrets } = await openSheet(jupyter, CREATE);
    fill('canary-of-a-value');
    expect(traces('canary-of-a-value')).toEqual(['<textarea>']);
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    await act(() => Promise.resolve());
    expect(traces('canary-of-a-value', secrets, secrets.model.state)).toEqual([]);
  });

  it('is searched for where it could be: what React keeps of its own fields is found', async () => {
    await openSheet(jupyter, CREATE);
    type('Description', 'canary-of-a-description');
    expect(traces('canary-of-a-description').length).toBeGreaterThan(3);
  });

  it('empties and removes the element that held its value', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    fill();
    const element = box('Value');
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect([element.value, element.isConnected]).toEqual(['', false]);
  });

  it('leaves its value nowhere when the form is left', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    fill('canary-of-a-value');
    const element = box('Value');
    key('Escape');
    press('Throw Away');
    expect(done).toHaveBeenCalledWith(false);
    expect(traces('canary-of-a-value')).toEqual([]);
    expect(element.value).toBe('');
  });

  it('is entered in fields that nobody saves, checks or learns from', async () => {
    await openSheet(jupyter, CREATE);
    for (const label of ['Name', 'Value', 'Description']) expect(box(label).autocomplete).toBe('off');
    const value = box('Value');
    expect(value.getAttribute('spellcheck')).toBe('false');
    expect(document.querySelectorAll('form, [type="password"]')).toHaveLength(0);
    expect(
      [...document.querySelectorAll('input:not([type="radio"]), textarea')].filter((one) => one.hasAttribute('name')),
    ).toEqual([]);
  });

  it('cannot be copied or dragged out of its masked field', async () => {
    await openSheet(jupyter, CREATE);
    for (const event of ['copy', 'cut', 'dragstart'])
      expect(fireEvent(box('Value'), new Event(event, { cancelable: true, bubbles: true }))).toBe(false);
  });
});

describe('all that was entered', () => {
  it.each([
    ['the service was killed', () => jupyter.kill(POST), 'may have arrived all the same'],
    ['it is busy', () => jupyter.refuse(POST, 503, 'busy'), 'The secrets service is busy.'],
    ['the disk is full', () => jupyter.refuse(POST, 507, 'disk_full'), 'The disk is full'],
    ['another program has taken the name', () => jupyter.refuse(POST, 409, 'conflict'), 'named DB_PASSWORD exists'],
    ['the value is too large', () => jupyter.refuse(POST, 413, 'too_large', { limit: 9 }), 'at most 9 bytes'],
    [
      'the description is refused',
      () => jupyter.refuse(POST, 400, 'invalid', { field: 'description' }),
      'description was not',
    ],
    ['the vault was locked', () => jupyter.refuse(POST, 423, 'locked'), 'The vault is locked.'],
  ])('is still there after a failure, because %s', async (_, spoil, said) => {
    const { done, dirty } = await openSheet(jupyter, CREATE);
    fill();
    spoil();
    press('Create');
    await waitFor(() => expect(alerts()).toContain(said));
    expect(filled()).toEqual(FILLED);
    expect(done).not.toHaveBeenCalled();
    expect(dirty).toHaveBeenLastCalledWith(true);
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('is still there after the vault was unlocked, and goes on its way then', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    fill();
    jupyter.state = 'locked';
    jupyter.passphrase = 'open sesame';
    key('Enter');
    await waitFor(() => expect(button('Unlock')).toBe(document.activeElement));
    press('Unlock');
    await waitFor(() => box('Passphrase'));
    type('Passphrase', 'wrong');
    key('Enter');
    await waitFor(() => expect(alerts()).toContain('This is not the passphrase.'));
    expect(box('Passphrase').value).toBe('wrong');
    type('Passphrase', 'open sesame');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.secrets.local.map(({ name }) => name)).toEqual(['DB_PASSWORD']);
  });

  it('is still there when the user rather leaves it locked', async () => {
    await openSheet(jupyter, CREATE);
    fill();
    jupyter.state = 'locked';
    press('Create');
    await waitFor(() => button('Unlock'));
    press('Unlock');
    await waitFor(() => box('Passphrase'));
    expect(box('Name').closest('[hidden]')).not.toBeNull();
    key('Escape');
    await waitFor(() => expect(box('Name').closest('[hidden]')).toBeNull());
    expect(filled()).toEqual(FILLED);
  });

  it('is still there when the user stops waiting', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { done } = await openSheet(jupyter, CREATE);
    fill();
    jupyter.hold(POST);
    press('Create');
    await act(() => vi.advanceTimersByTimeAsync(900));
    expect(screen.queryByRole('button', { name: 'Stop Waiting' })).toBeNull();
    await act(() => vi.advanceTimersByTimeAsync(200));
    expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toContain('Storing DB_PASSWORD…');
    press('Stop Waiting');
    await act(() => vi.advanceTimersByTimeAsync(0));
    expect(alerts()).toContain('Not waited for any longer.');
    expect(filled()).toEqual(FILLED);
    expect(done).not.toHaveBeenCalled();
  });

  it('is asked about before it is thrown away, and only then', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    key('Escape');
    expect(done).toHaveBeenCalledWith(false);
    done.mockClear();

    const second = await openSheet(jupyter, CREATE);
    fill();
    key('Escape');
    expect(screen.getByRole('alertdialog').textContent).toContain('Throw away what you entered?');
    expect(button('Keep Editing')).toBe(document.activeElement);
    key('Escape');
    expect(box('Description')).toBe(document.activeElement);
    expect(filled()).toEqual(FILLED);
    expect(second.done).not.toHaveBeenCalled();
  });

  it('is sent once, however often it is asked to be', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    fill();
    const go = jupyter.hold(POST);
    press('Create');
    press('Create');
    key('Enter');
    expect(jupyter.asked.filter((route) => POST.test(route)).length).toBeLessThanOrEqual(1);
    go();
    await waitFor(() => expect(alerts()).toContain('busy'));
    expect(jupyter.asked.filter((route) => POST.test(route))).toHaveLength(1);
    expect(done).not.toHaveBeenCalled();
  });
});

describe('the name', () => {
  it('is checked while it is typed against those that are there', async () => {
    jupyter.add('TAKEN');
    await openSheet(jupyter, CREATE);
    type('Name', 'TAKEN');
    expect(saidOf('Name')).toContain('A secret named TAKEN exists already.');
    expect(box('Name').getAttribute('aria-invalid')).toBe('true');
    type('Name', 'taken');
    expect(box('Name').getAttribute('aria-invalid')).toBeNull();
  });

  it.each([
    ['my key', 'Not usable as an environment variable'],
    ['PATH', 'PATH steers how programs run'],
  ])('%s is possible, with a warning', async (name, said) => {
    const { done } = await openSheet(jupyter, CREATE);
    type('Name', name);
    expect(saidOf('Name')).toContain(said);
    type('Value', 'x');
    key('Enter');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('is not scolded for being empty before it is to be sent; then the focus goes to it', async () => {
    await openSheet(jupyter, CREATE);
    expect(box('Name')).toBe(document.activeElement);
    expect(alerts()).toBe('');
    type('Description', 'x');
    press('Create');
    await waitFor(() => expect(box('Name')).toBe(document.activeElement));
    expect(saidOf('Name')).toContain('A secret needs a name.');
    expect(saidOf('Value')).toContain('A secret needs a value.');
    expect(jupyter.asked.some((route) => POST.test(route))).toBe(false);
  });

  it('that the service refuses gets the focus', async () => {
    await openSheet(jupyter, CREATE);
    fill();
    jupyter.refuse(POST, 409, 'conflict');
    key('Enter');
    await waitFor(() => expect(saidOf('Name')).toContain('exists already'));
    expect(box('Name')).toBe(document.activeElement);
  });

  it('suggests a type, as does the look of the value, until the user chooses one', async () => {
    await openSheet(jupyter, CREATE);
    const chosen = () => screen.getByRole<HTMLInputElement>('radio', { checked: true }).labels?.[0]?.textContent;
    expect(chosen()).toBe('Generic');
    type('Value', 'ghp_0123456789');
    expect(chosen()).toBe('Token');
    type('Name', 'GITHUB_PASSWORD');
    expect(chosen()).toBe('Password');
    fireEvent.click(screen.getByRole('radio', { name: 'Key' }));
    type('Name', 'MY_TOKEN');
    expect(chosen()).toBe('Key');
  });
});

describe('the value', () => {
  it('shows its size in bytes against the limit, and cannot be larger', async () => {
    await openSheet(jupyter, CREATE);
    type('Value', 'é'.repeat(700));
    expect(saidOf('Value')).toContain('1,400 of 65,536 bytes.');
    type('Value', 'x'.repeat(65_537));
    expect(saidOf('Value')).toContain('at most 65536 are possible');
    type('Name', 'BIG');
    key('Enter');
    await waitFor(() => expect(box('Value')).toBe(document.activeElement));
    expect(jupyter.asked.some((route) => POST.test(route))).toBe(false);
  });

  it('says what is easily overlooked at its ends, and takes it off when asked to', async () => {
    await openSheet(jupyter, CREATE);
    type('Value', ' token\n');
    expect(saidOf('Value')).toContain('Begins with a blank. Ends with a line break.');
    expect(box('Value')).toMatchObject({ rows: 2 });
    press('Trim Blanks and Line Breaks');
    expect(box('Value').value).toBe('token');
    expect(screen.queryByRole('button', { name: /Trim/ })).toBeNull();
  });

  it('takes several lines when they are pasted, or asked for; then Enter does not send it', async () => {
    const { done } = await openSheet(jupyter, CREATE);
    type('Name', 'PEM');
    type('Value', 'a\nb');
    expect(button('Several Lines').getAttribute('aria-pressed')).toBe('true');
    expect(box('Value')).toMatchObject({ rows: 6 });
    key('Enter');
    expect(jupyter.asked.some((route) => POST.test(route))).toBe(false);
    key('Enter', { ctrlKey: true });
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
  });

  it('can be generated, other than any before', async () => {
    await openSheet(jupyter, CREATE);
    press('Generate');
    const { value } = box('Value');
    expect(value).toMatch(/^[A-Za-z2-9_-]{24}$/);
    expect(saidOf('Value')).toContain('Generated. 24 of 65,536 bytes.');
    press('Generate');
    expect(box('Value').value).not.toBe(value);
    expect(document.body.textContent).not.toContain(value);
  });
});

describe('the text of a file', () => {
  const drop = (content: BlobPart, name = 'id_rsa'): void => {
    const files = [new File([content], name)];
    const target = box('Value');
    fireEvent.drop(target, { dataTransfer: { files, types: ['Files'] } });
  };

  it('is taken byte for byte, leaves the box as it was, and is not shown', async () => {
    const bodies = jupyter.record();
    const { done } = await openSheet(jupyter, CREATE);
    type('Name', 'PEM');
    type('Value', 'typed before');
    drop('-----BEGIN X-----\r\nfrom-the-file\r\n');
    await screen.findByText('The text of id_rsa');
    expect(saidOf('Value')).toContain('2 lines, 34 of 65,536 bytes.');
    expect(saidOf('Value')).toContain('Has Windows line ends (CRLF).');
    expect(document.body.innerHTML).not.toContain('from-the-file');
    expect(button('Remove File')).toBe(document.activeElement);
    press('Remove File');
    expect(box('Value').value).toBe('typed before');
    drop('-----BEGIN X-----\r\nfrom-the-file\r\n');
    await screen.findByText('The text of id_rsa');
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(bodies.some((body) => body.includes('\\r\\nfrom-the-file\\r\\n'))).toBe(true);
    expect(traces('from-the-file')).toEqual([]);
  });

  it.each([
    ['is no text', new Uint8Array([0xff, 0xfe, 0x00]), 'The file is no UTF-8 text.'],
    ['is too large', new Uint8Array(65_537), 'The file has 65,537 bytes; a value may have 65,536.'],
    ['is empty', '', 'The file is empty.'],
  ])('is refused when it %s', async (_, content, said) => {
    await openSheet(jupyter, CREATE);
    type('Value', 'typed before');
    drop(content);
    await waitFor(() => expect(saidOf('Value')).toContain(said));
    expect(box('Value').value).toBe('typed before');
  });

  it('can be chosen with a button, by a chooser that is no part of the page', async () => {
    await openSheet(jupyter, CREATE);
    const choosers: HTMLInputElement[] = [];
    vi.spyOn(HTMLInputElement.prototype, 'click').mockImplementation(function (this: HTMLInputElement) {
      choosers.push(this);
    });
    press('From File…');
    vi.restoreAllMocks();
    const [chooser] = choosers;
    expect([chooser?.type, chooser?.isConnected]).toEqual(['file', false]);
    Object.defineProperty(chooser, 'files', { value: [new File(['text'], 'token.txt')] });
    fireEvent.change(chooser as HTMLInputElement);
    await screen.findByText('The text of token.txt');
  });
});

describe('the vault', () => {
  it('is chosen where several can be used, and its names are the ones that count', async () => {
    jupyter.signedIn = true;
    jupyter.add('TAKEN', { vault: 'datalayer' });
    const { done } = await openSheet(jupyter, CREATE);
    const vaults = screen.getByLabelText<HTMLSelectElement>('Vault');
    expect([...vaults.options].map(({ text }) => text)).toEqual(['Local vault on ada-laptop', 'Datalayer, @ada']);
    type('Name', 'TAKEN');
    type('Value', 'x');
    expect(box('Name').getAttribute('aria-invalid')).toBeNull();
    fireEvent.change(vaults, { target: { value: 'datalayer' } });
    expect(saidOf('Name')).toContain('exists already');
    type('Name', 'FREE');
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.secrets.datalayer.map(({ name }) => name)).toEqual(['TAKEN', 'FREE']);
  });

  it('is named where there is one', async () => {
    await openSheet(jupyter, CREATE);
    expect(screen.getByText('Kept in: Local vault on ada-laptop')).toBeDefined();
  });

  it('stays the one that was meant when it is locked meanwhile', async () => {
    jupyter.signedIn = true;
    const { secrets } = await openSheet(jupyter, CREATE);
    jupyter.state = 'locked';
    await act(() => secrets.model.refresh());
    expect(screen.getByLabelText<HTMLSelectElement>('Vault').value).toBe('local');
    expect(alerts()).toContain('The vault is locked.');
  });

  it('is set up on the way where there is none yet', async () => {
    jupyter.state = 'new';
    jupyter.keychain = 'available';
    const { done } = await openSheet(jupyter, CREATE, { look: false });
    fill();
    press('Create');
    await waitFor(() => button('Use the Local Vault'));
    press('Use the Local Vault');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(jupyter.secrets.local).toHaveLength(1);
  });
});

describe('a value that stands in a document', () => {
  it('fills the field, and is compared with what was stored', async () => {
    let text = 'in-the-notebook';
    const created = vi.fn();
    const sheet = { ...CREATE, name: 'FOUND', value: () => text, created };
    const { done } = await openSheet(jupyter, sheet);
    expect(box('Value').value).toBe('in-the-notebook');
    press('Create');
    await waitFor(() => expect(done).toHaveBeenCalledWith(true));
    expect(created).toHaveBeenCalledWith({ vault: 'local', uid: 'uid-1' }, true);

    await openSheet(jupyter, { ...sheet, name: 'OTHER' });
    text = 'changed meanwhile';
    press('Create');
    await waitFor(() => expect(created).toHaveBeenLastCalledWith({ vault: 'local', uid: 'uid-2' }, false));
  });
});
