import { describe, expect, it } from 'vitest';

import { inherited, readAnswer } from '../../../extension/src/ensure.ts';

const kindOf = (stdout: string): unknown => {
  try {
    return readAnswer(stdout);
  } catch (error) {
    return (error as { kind?: string }).kind;
  }
};

describe('the answer of ensure', () => {
  it('is a running service with its token', () => {
    const answer = { state: 'open', origin: 'http://127.0.0.1:4711', token: 'a.b.c', version: '0.1.0' };
    expect(readAnswer(`${JSON.stringify(answer)}\n`)).toEqual(answer);
  });

  it('is what the files tell while nothing runs', () => {
    expect(readAnswer('{"state":"none","used":true,"quiet":false}')).toEqual({
      state: 'none',
      used: true,
      quiet: false,
    });
    expect(readAnswer('{"state":"none"}')).toEqual({ state: 'none', used: false, quiet: false });
  });

  it('names the machine that holds the vault', () => {
    expect(readAnswer('{"state":"elsewhere","host":"pod-2"}')).toEqual({ state: 'elsewhere', host: 'pod-2' });
  });

  it('gives no token to an address that is not on this machine', () => {
    for (const origin of [
      'http://127.0.0.1.evil.example:80',
      'https://127.0.0.1:1',
      'http://10.0.0.1:4711',
      'http://127.0.0.1:1/x',
    ])
      expect(kindOf(JSON.stringify({ state: 'open', origin, token: 't' }))).toBe('no_service');
  });

  it('is the error that was reported, with its details', () => {
    const report = { success: false, message: 'x', code: 'bad_permissions', details: { path: '/s', odd: [1] } };
    expect(() => readAnswer(JSON.stringify(report))).toThrow(
      expect.objectContaining({ kind: 'bad_permissions', details: { path: '/s' } }),
    );
  });

  it('is a failure when it is no answer, and says none of it', () => {
    for (const text of ['', 'null', '[]', 'Segmentation fault', '{"state":"open"}', '{"state":7}']) {
      expect(() => readAnswer(text)).toThrow('The secrets service could not be started.');
      expect(kindOf(text)).toBe('no_service');
    }
  });
});

describe('the environment of ensure', () => {
  it('leaves out what changes how Node runs, what belongs to the editor, and the API key', () => {
    const from = {
      HOME: '/home/ada',
      DATALAYER_SECRETS_HOME: '/s',
      NODE_OPTIONS: '--require x',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '1',
      DATALAYER_API_KEY: 'canary',
    };
    expect(inherited(from)).toEqual({ HOME: '/home/ada', DATALAYER_SECRETS_HOME: '/s' });
  });

  it('keeps the certificates that the user added for Node', () => {
    expect(inherited({ NODE_EXTRA_CA_CERTS: '/ca.pem' })).toEqual({ NODE_EXTRA_CA_CERTS: '/ca.pem' });
  });
});
