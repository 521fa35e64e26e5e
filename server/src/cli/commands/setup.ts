import { resolve } from 'node:path';
import type { SetupRequest } from '@datalayer-secrets/shared';
import { UsageError, type Call, type Command } from '../command.ts';
import { withService } from '../connect.ts';
import { printJson, printLine } from '../print.ts';
import { needPassphrase } from '../terminal.ts';

export const command: Command = {
  usage: '--keychain | --passphrase | --key-file FILE',
  help: `Sets up the local vault, once.

  --keychain        its key lies in the keychain of this system
  --passphrase      its key is made from a passphrase: typed, or one line of standard input
  --key-file FILE   its key lies in a file that only you can read; for servers and containers`,
  options: { keychain: { type: 'boolean' }, passphrase: { type: 'boolean' }, 'key-file': { type: 'string' } },
  words: [0, 0],
  async run(call) {
    const request = await requestOf(call);
    const status = await withService(call, ({ service }) => service.setup(request));
    if (call.json) printJson(status);
    else printLine('The local vault is set up and open.');
    return undefined;
  },
};

async function requestOf(call: Call): Promise<SetupRequest> {
  const keyFile = call.text('key-file');
  const chosen = [call.flag('keychain'), call.flag('passphrase'), keyFile !== undefined];
  if (chosen.filter(Boolean).length !== 1)
    throw new UsageError('Choose one of --keychain, --passphrase and --key-file.');
  if (keyFile !== undefined) return { slot: 'file', keyFile: resolve(keyFile) };
  if (call.flag('keychain')) return { slot: 'keychain' };
  return { slot: 'passphrase', passphrase: await needPassphrase(true) };
}
