import { MAX_VALUE_BYTES, nameProblem, nameWarning, SecretValue } from '@datalayer-secrets/shared';
import { UsageError, type Command } from '../command.ts';
import { withService } from '../connect.ts';
import { note, printJson, printLine } from '../print.ts';
import { askHidden, isTerminal, readInput } from '../terminal.ts';

export const command: Command = {
  usage: 'NAME [--type TYPE] [--description TEXT] [--vault ID]',
  help: `Creates a secret. The value is asked for without being shown, or read from standard input as it is:
  printf %s "$VALUE" | datalayer-secrets create NAME

  --type TYPE          generic (default), password, key or token
  --description TEXT   what it is for
  --vault ID           default local`,
  options: { type: { type: 'string' }, description: { type: 'string' }, vault: { type: 'string' } },
  words: [1, 1],
  tooMany:
    'A value is never an argument, where every program on this machine could read it. Leave it out: it is asked for.',
  async run(call) {
    const [name = ''] = call.words;
    const problem = nameProblem(name);
    if (problem !== null) throw new UsageError(problem.message);
    const warning = nameWarning(name);
    if (warning !== null) note(warning.message);
    const value = isTerminal() ? await askHidden(`Value of ${name}:`) : await readInput(MAX_VALUE_BYTES);
    if (!isTerminal() && /[\r\n]$/.test(value)) note('The value ends with a line break, which is kept.');
    if (value === '')
      throw new UsageError('The value is empty: nothing was typed, or nothing came from standard input.');
    const made = await withService(call, ({ service }) =>
      service.secrets(call.text('vault') ?? 'local').create({
        name,
        description: call.text('description') ?? '',
        type: call.text('type') ?? 'generic',
        value: new SecretValue(value),
      }),
    );
    if (call.json) printJson(made);
    else printLine(`Created ${made.name} (${made.uid}).`);
    return undefined;
  },
};
