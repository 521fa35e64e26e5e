import { descriptionProblem, nameProblem, nameWarning, SECRET_TYPES } from '@datalayer-secrets/shared';
import { UsageError, type Command } from '../command.ts';
import { withService } from '../connect.ts';
import { note, printJson, printLine } from '../print.ts';
import { NO_ARGUMENT, readValue } from '../value.ts';

export const command: Command = {
  usage: 'NAME [--type TYPE] [--description TEXT] [--vault ID]',
  help: `Creates a secret. The value is asked for without being shown, or read from standard input as it is:
  printf %s "$VALUE" | datalayer-secrets create NAME

  --type TYPE          generic (default), password, key or token
  --description TEXT   what it is for
  --vault ID           default local`,
  options: { type: { type: 'string' }, description: { type: 'string' }, vault: { type: 'string' } },
  words: [1, 1],
  tooMany: NO_ARGUMENT,
  async run(call) {
    const [name = ''] = call.words;
    const problem = nameProblem(name);
    if (problem !== null) throw new UsageError(problem.message);
    const description = call.text('description') ?? '';
    const badDescription = descriptionProblem(description);
    if (badDescription !== null) throw new UsageError(badDescription.message);
    const type = call.text('type') ?? 'generic';
    if (!SECRET_TYPES.some((known) => known === type))
      throw new UsageError(`--type is one of ${SECRET_TYPES.join(', ')}.`);
    const warning = nameWarning(name);
    if (warning !== null) note(warning.message);
    const value = await readValue(`Value of ${name}:`);
    const made = await withService(call, ({ service }) =>
      service.secrets(call.text('vault') ?? 'local').create({
        name,
        description,
        type,
        value,
      }),
    );
    if (call.json) printJson(made);
    else printLine(`Created ${made.name} (${made.uid}).`);
    return undefined;
  },
};
