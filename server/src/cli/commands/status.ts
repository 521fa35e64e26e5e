import type { ServiceStatus, VaultInfo } from '@datalayer-secrets/shared';
import { connect } from '../connect.ts';
import type { Command } from '../command.ts';
import { noteDamage } from '../damage.ts';
import { printJson, printLine, printTable } from '../print.ts';

export const command: Command = {
  usage: '[--json]',
  help: 'Shows whether a service runs, what opens the local vault here, and the vaults. Starts nothing.',
  options: {},
  words: [0, 0],
  async run(call) {
    const connection = await connect(call, false);
    if (connection === null) {
      if (call.json) printJson({ state: 'none' });
      else printLine('No service is running.');
      return undefined;
    }
    try {
      const status = await connection.service.status();
      const { vaults, offers } = await connection.service.vaults();
      if (call.json) printJson({ ...status, origin: connection.origin, vaults, offers });
      else show(status, connection.origin, vaults);
      for (const vault of vaults) noteDamage(vault);
    } finally {
      connection.close();
    }
    return undefined;
  },
};

function show(status: ServiceStatus, origin: string, vaults: readonly VaultInfo[]): void {
  const { version, host, pid, state, openedBy, slots, keychain } = status;
  printTable(
    ['Service', `${version} on ${host}, process ${pid}, ${origin}`],
    [
      ['Local vault', openedBy === null ? state : `${state}, opened by ${openedBy}`],
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
