import type { ServiceStatus, VaultInfo } from '@datalayer-secrets/shared';
import { connect } from '../connect.ts';
import type { Command } from '../command.ts';
import { explained, noteDamage, noteFault } from '../damage.ts';
import { printJson, printLine, printTable } from '../print.ts';

export const command: Command = {
  usage: '[--json]',
  help: 'Shows whether a service runs, what opens the local vault here, and the vaults. Starts nothing.',
  options: {},
  words: [0, 0],
  async run(call) {
    const log = call.places.logFile;
    const connection = await connect(call, false);
    if (connection === null) {
      const { failureOf, lookAtVault } = await import('../../service/vault-look.ts');
      const found = failureOf(lookAtVault(call.places).fault);
      if (call.json) printJson({ state: 'none', ...explained(found, log) });
      else printLine('No service is running.');
      noteFault(found, log);
      return undefined;
    }
    try {
      const status = await connection.service.status();
      const { vaults, offers } = await connection.service.vaults();
      if (call.json) printJson({ ...status, ...explained(status, log), origin: connection.origin, vaults, offers });
      else show(status, connection.origin, vaults);
      noteFault(status, log);
      for (const vault of vaults) noteDamage(vault);
    } finally {
      connection.close();
    }
    return undefined;
  },
};

function show(status: ServiceStatus, origin: string, vaults: readonly VaultInfo[]): void {
  const { version, host, pid, slots, keychain } = status;
  printTable(
    ['Service', `${version} on ${host}, process ${pid}, ${origin}`],
    [
      ['Local vault', stateOf(status)],
      ['Opens by', slots.join(', ') || 'nothing yet'],
      ['Keychain', keychain],
    ],
  );
  printLine('');
  printTable(
    ['VAULT', 'LABEL', 'STATE', 'ACCOUNT', 'SIGN-IN KEPT'],
    vaults.map(({ id, label, state, account, tokenPlace }) => [
      id,
      label,
      state,
      account?.handle ?? '',
      tokenPlace ?? '',
    ]),
  );
}

function stateOf({ state, openedBy, failure }: ServiceStatus): string {
  const opened = openedBy === null ? state : `${state}, opened by ${openedBy}`;
  return failure === undefined ? opened : `${opened}; cannot be unlocked (${failure.code})`;
}
