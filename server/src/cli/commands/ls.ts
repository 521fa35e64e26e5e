import { createdAt } from '@datalayer-secrets/shared';
import type { Command } from '../command.ts';
import { withService } from '../connect.ts';
import { noteDamage } from '../damage.ts';
import { printJson, printLine, printTable } from '../print.ts';

export const command: Command = {
  usage: '[--vault ID] [--json]',
  help: `Lists the secrets of a vault: name, type, description, when created. Values are not shown.

  --vault ID   default local; \`datalayer-secrets status\` lists the others`,
  options: { vault: { type: 'string' } },
  words: [0, 0],
  async run(call) {
    const id = call.text('vault') ?? 'local';
    const { secrets, vaults } = await withService(call, async ({ service }) => {
      return { secrets: await service.secrets(id).list(), vaults: (await service.vaults()).vaults };
    });
    if (call.json) printJson(secrets);
    else if (secrets.length === 0) printLine('There are no secrets yet.');
    else {
      printTable(
        ['NAME', 'TYPE', 'DESCRIPTION', 'CREATED', 'UID'],
        secrets.map((secret) => {
          const { name, type, description, uid } = secret;
          return [name, type, description, createdAt(secret)?.toISOString().slice(0, 10) ?? '', uid];
        }),
      );
    }
    noteDamage(vaults.find((vault) => vault.id === id) ?? {});
    return undefined;
  },
};
