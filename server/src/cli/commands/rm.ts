import { SecretsError, type Secret, type ServiceClient } from '@datalayer-secrets/shared';
import { UsageError, type Command } from '../command.ts';
import { withService } from '../connect.ts';
import { pick } from '../pick.ts';
import { printJson, printLine } from '../print.ts';
import { askConsent, isTerminal } from '../terminal.ts';

export const command: Command = {
  usage: 'NAME|UID [--yes] [--vault ID]',
  help: `Deletes a secret for good. One that was changed from outside is not listed and has no name any more; its UID, which
\`datalayer-secrets audit verify\` names, deletes it all the same.

  --yes        do not ask; needed where there is no terminal to ask on
  --vault ID   default local`,
  options: { yes: { type: 'boolean' }, vault: { type: 'string' } },
  words: [1, 1],
  async run(call) {
    if (!isTerminal() && !call.flag('yes'))
      throw new UsageError('There is no terminal to ask on; say --yes to delete.');
    const [word = ''] = call.words;
    await withService(call, async ({ service }) => {
      const id = call.text('vault') ?? 'local';
      const secrets = service.secrets(id);
      const { uid, called, question } = await target(service, id, word);
      if (!call.flag('yes') && !(await askConsent(question)))
        throw new SecretsError('cancelled', 'Nothing was deleted.');
      await secrets.delete(uid);
      if (call.json) printJson({ deleted: uid });
      else printLine(`Deleted ${called}.`);
    });
    return undefined;
  },
};

async function target(service: ServiceClient, id: string, word: string): Promise<Target> {
  const secret = pick(await service.secrets(id).list(), word);
  return secret === null ? unlisted(service, id, word) : listed(secret);
}

/** What is about to be deleted, and how it is spoken of. */
interface Target {
  readonly uid: string;
  readonly called: string;
  readonly question: string;
}

function listed(secret: Secret): Target {
  return { uid: secret.uid, called: secret.name, question: `Delete ${secret.name} for good?` };
}

/** A damaged secret, by the form of its UID (a ULID): the service knows whether there is one. */
async function unlisted(service: ServiceClient, id: string, word: string): Promise<Target> {
  const { vaults } = await service.vaults();
  const damaged = vaults.some((vault) => vault.id === id && vault.damaged !== undefined);
  if (!damaged || !/^[0-9A-Z]{26}$/.test(word)) {
    throw new SecretsError('not_found', 'No secret has this name or UID.');
  }
  return {
    uid: word,
    called: word,
    question: `Delete the secret ${word} for good? It was changed from outside; its name cannot be read.`,
  };
}
