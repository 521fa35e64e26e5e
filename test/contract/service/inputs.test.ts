import { afterAll, describe, expect, it } from 'vitest';
import { explain, SecretValue } from '@datalayer-secrets/shared';
import { Home } from '../../fixtures/service.ts';

const CANARY = 'canary-52b8';

describe('what cannot be taken is refused with the reason, and nothing is stored', () => {
  const home = new Home();
  afterAll(() => home.dispose());

  it('an empty passphrase', async () => {
    for (const command of ['setup', 'unlock']) {
      const { code, stdout, stderr } = await home.run([command, '--passphrase'], { input: '\n' });
      const said = 'datalayer-secrets: The passphrase is empty. Enter one, then try again.\n';
      expect([command, code, stdout, stderr]).toEqual([command, 1, '', said]);
    }
    expect((await home.run(['setup', '--passphrase'], { input: 'right\n' })).code).toBe(0);
  });

  it('a value that is no text', async () => {
    const { code, stdout, stderr } = await home.run(['create', 'BINARY'], { input: Buffer.from([0xff, 0xfe]) });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'datalayer-secrets: This is not text in UTF-8, so it could not be kept as it is. Encode it first, for example as base64.\n',
    );
  });

  it('a type that is not known, with those that are', async () => {
    const { code, stdout, stderr } = await home.run(['create', 'ODD', '--type', CANARY], { input: 'x' });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--type is one of generic, password, key, token.');
    expect(stderr).not.toContain(CANARY);
    for (const type of ['generic', 'password', 'key', 'token']) {
      expect((await home.run(['create', `A_${type}`, '--type', type], { input: 'x' })).code).toBe(0);
    }
  });

  it('a description that is too long, with both numbers, whoever sends it', async () => {
    const description = 'x'.repeat(4_097);
    const numbers = 'The description has 4097 characters; at most 4096 are possible.';
    const { code, stderr } = await home.run(['create', 'LONG', '--description', description], { input: 'x' });
    expect([code, stderr]).toEqual([2, expect.stringContaining(numbers)]);
    const secrets = (await home.client()).secrets('local');
    const create = (text: string) =>
      secrets.create({ name: 'LONG', description: text, type: 'key', value: new SecretValue('x') }).then(
        () => 'stored',
        (error: unknown) => explain(error).what,
      );
    expect(await create(description)).toBe(numbers);
    expect(await create('a \u0007 bell')).toBe('A description cannot hold control characters.');
    expect((await secrets.list()).map(({ name }) => name)).toEqual(['A_generic', 'A_password', 'A_key', 'A_token']);
  });
});
