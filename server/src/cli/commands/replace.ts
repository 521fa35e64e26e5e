import { SecretsError } from '@datalayer-secrets/shared';
import type { Command } from '../command.ts';
import { withService } from '../connect.ts';
import { pick } from '../pick.ts';
import { printJson, printLine } from '../print.ts';
import { NO_ARGUMENT, readValue } from '../value.ts';

export const command: Command = {
  usage: 'NAME|UID [--vault ID]',
  help: `Gives a secret a new value; its name stays, and references to it keep working. The value is asked for without being
shown, or read from standard input as it is:
  printf %s "$VALUE" | datalayer-secrets replace NAME

  --vault ID   default local`,
  options: { vault: { type: 'string' } },
  words: [1, 1],
  tooMany: NO_ARGUMENT,
  async run(call) {
    const replaced = await withService(call, async ({ service }) => {
      const secrets = service.secrets(call.text('vault') ?? 'local');
      const secret = pick(await secrets.list(), call.words[0] ?? '');
      if (secret === null) throw new SecretsError('not_found', 'No secret has this name or UID.');
      return secrets.replaceValue(secret, await readValue(`New value of ${secret.name}:`));
    });
    if (call.json) printJson(replaced);
    else printLine(`Replaced the value of ${replaced.name} (${replaced.uid}).`);
    return undefined;
  },
};
