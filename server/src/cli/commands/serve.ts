import { resolve } from 'node:path';
import { SecretsError, SecretValue } from '@datalayer-secrets/shared';
import type { Principal } from '../../vault/types.ts';
import { guardProcess } from '../../service/process.ts';
import { startService, type Service } from '../../service/service.ts';
import { UsageError, type Command } from '../command.ts';
import { note, printJson } from '../print.ts';
import { isTerminal, readPassphrase } from '../terminal.ts';

const BY: Principal = { label: 'serve', scope: 'full' };

export const command: Command = {
  usage: '[--port N] [--key-file FILE] [--value-encoding plain|base64]',
  help: `Runs the service in the foreground until Ctrl-C and prints one line of JSON when it can answer: {"url","token"}.
On a terminal the token is left out; \`datalayer-secrets ensure\` gives others.

  --port N             this port and no other; default: the one of last time, else a free one
  --key-file FILE      open the vault with this key file; makes key and vault where there are none
  --value-encoding E   how values are written where a request does not say; default plain

Without a key file it asks for the passphrase on a terminal; else it answers with the vault locked.`,
  options: {
    port: { type: 'string' },
    'key-file': { type: 'string' },
    'value-encoding': { type: 'string' },
  },
  words: [0, 0],
  async run(call) {
    const port = portOf(call.text('port'));
    const encoding = call.text('value-encoding') ?? 'plain';
    if (encoding !== 'plain' && encoding !== 'base64') throw new UsageError('--value-encoding is plain or base64.');
    const keyFile = call.text('key-file');
    guardProcess(call.places);
    const service = await startService({
      places: call.places,
      environment: call.environment,
      valueEncoding: encoding,
      life: { idleMs: Infinity },
      ...(port !== undefined && { port }),
    }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new SecretsError('no_service', 'This port is not free.', { port: port ?? 0 });
    });
    if (service === null) throw await lockTaken(call.places);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void service.stop());
    try {
      await open(service, keyFile === undefined ? undefined : resolve(keyFile));
    } catch (error) {
      await service.stop();
      throw error;
    }
    const url = service.origin;
    printJson(process.stdout.isTTY ? { url } : { url, token: service.token(BY.label, 'full') });
    await service.ended;
    return undefined;
  },
};

async function open({ local }: Service, keyFile: string | undefined): Promise<void> {
  if (keyFile !== undefined) {
    if (local.state === 'new') await local.setup(BY, 'file', { keyFile });
    else await local.unlock(BY, 'file', true, { keyFile });
  } else if (isTerminal() && (local.state === 'new' || local.slots.includes('passphrase'))) {
    const isNew = local.state === 'new';
    if (isNew) note('There is no vault yet. Choose a passphrase for it, or press Enter to do so later.');
    const passphrase = await readPassphrase(isNew);
    if (passphrase === '') return;
    if (isNew) await local.setup(BY, 'passphrase', { passphrase: new SecretValue(passphrase) });
    else await local.unlock(BY, 'passphrase', true, { passphrase: new SecretValue(passphrase) });
  }
}

async function lockTaken(
  places: Parameters<typeof import('../../service/lock.ts').lockOwner>[0],
): Promise<SecretsError> {
  const { lockOwner } = await import('../../service/lock.ts');
  const host = lockOwner(places)?.host ?? 'this machine';
  return new SecretsError('elsewhere', `A service for this folder runs already on ${host}.`, { host });
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port < 65_536)) throw new UsageError('--port is a number up to 65535.');
  return port;
}
