import { SecretsError, type Secret } from '@datalayer-secrets/shared';
import { UsageError, type Command } from '../command.ts';
import { withService } from '../connect.ts';
import { printJson, printLine } from '../print.ts';
import { askConsent, isTerminal } from '../terminal.ts';

export const command: Command = {
  usage: 'NAME|UID [--yes] [--vault ID]',
  help: `Deletes a secret for good.

  --yes        do not ask; needed where there is no terminal to ask on
  --vault ID   default local`,
  options: { yes: { type: 'boolean' }, vault: { type: 'string' } },
  words: [1, 1],
  async run(call) {
    if (!isTerminal() && !call.flag('yes'))
      throw new UsageError('There is no terminal to ask on; say --yes to delete.');
    await withService(call, async ({ service }) => {
      const secrets = service.secrets(call.text('vault') ?? 'local');
      const secret = pick(await secrets.list(), call.words[0] ?? '');
      if (!call.flag('yes') && !(await askConsent(`Delete ${secret.name} for good?`))) {
        throw new SecretsError('cancelled', 'Nothing was deleted.');
      }
      await secrets.delete(secret);
      if (call.json) printJson({ deleted: secret.uid });
      else printLine(`Deleted ${secret.name}.`);
    });
    return undefined;
  },
};

/** A UID is one secret for sure; a name may be several in vaults that allow it. */
function pick(secrets: readonly Secret[], word: string): Secret {
  const found = secrets.filter(({ uid }) => uid === word);
  const named = found.length > 0 ? found : secrets.filter(({ name }) => name === word);
  if (named.length > 1) {
    throw new SecretsError(
      'conflict',
      `Several secrets have this name; choose a UID: ${named.map(({ uid }) => uid).join(', ')}.`,
    );
  }
  if (named[0] === undefined) throw new SecretsError('not_found', 'No secret has this name or UID.');
  return named[0];
}
