import { resolve } from 'node:path';
import { SecretsError, type ServiceStatus, type UnlockRequest } from '@datalayer-secrets/shared';
import type { Call, Command } from '../command.ts';
import { withService } from '../connect.ts';
import { printJson, printLine } from '../print.ts';
import { needPassphrase } from '../terminal.ts';

export const command: Command = {
  usage: '[--passphrase | --key-file FILE]',
  help: `Unlocks the local vault by its key in the keychain or in the file; asks for the passphrase where there is no other way.

  --passphrase      by the passphrase: typed, or one line of standard input
  --key-file FILE   by this key file`,
  options: { passphrase: { type: 'boolean' }, 'key-file': { type: 'string' } },
  words: [0, 0],
  async run(call) {
    const status = await withService(call, async ({ service }) => {
      const before = await service.status();
      return before.state === 'open' ? before : service.unlock(await requestOf(call, before));
    });
    // The service also opens what other vaults keep in the keychain, and is content where there is nothing else to open.
    if (status.state !== 'open') throw whyClosed(status);
    if (call.json) printJson(status);
    else printLine('The local vault is open.');
    return undefined;
  },
};

async function requestOf(call: Call, { slots }: ServiceStatus): Promise<UnlockRequest> {
  const keyFile = call.text('key-file');
  if (keyFile !== undefined) return { slot: 'file', keyFile: resolve(keyFile), interactive: true };
  const onlyPassphrase = slots.length > 0 && slots.every((slot) => slot === 'passphrase');
  if (!call.flag('passphrase') && !onlyPassphrase) return { interactive: true };
  return { slot: 'passphrase', passphrase: await needPassphrase(false), interactive: true };
}

function whyClosed({ state, failure }: ServiceStatus): SecretsError {
  if (failure !== undefined) return new SecretsError(failure.code, 'No key opens the vault.', failure.details);
  return new SecretsError(state === 'new' ? 'setup_needed' : 'locked', 'The vault is not open.');
}
