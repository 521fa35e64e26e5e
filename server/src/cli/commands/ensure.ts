import type { EnsureAnswer, Scope } from '@datalayer-secrets/shared';
import { ensure } from '../../service/ensure.ts';
import { UsageError, type Command } from '../command.ts';
import { printJson } from '../print.ts';

const SCOPES: readonly string[] = ['page', 'kernel', 'full'] satisfies Scope[];

export const command: Command = {
  usage: '--label LABEL --scope page|kernel|full [--no-start] [--replace]',
  help: `Starts the service if none runs and prints one line of JSON: {"state","origin","token","version"}.
The state is that of the local vault. On a terminal the token is left out.

  --label LABEL   how this client is called in the audit trail
  --scope SCOPE   page: all but values; kernel: values and names only; full: everything
  --no-start      only look: {"state":"none"} where no service runs
  --replace       end a running service first; open vaults are locked by that`,
  options: {
    label: { type: 'string' },
    scope: { type: 'string' },
    'no-start': { type: 'boolean' },
    replace: { type: 'boolean' },
  },
  words: [0, 0],
  async run(call) {
    const label = call.text('label') ?? '';
    const scope = call.text('scope') ?? '';
    if (label === '' || label.length > 200 || /\p{Cc}/u.test(label))
      throw new UsageError('--label is missing or not usable.');
    if (!SCOPES.includes(scope)) throw new UsageError('--scope is missing or not known.');
    const { places, program, environment } = call;
    const start = !call.flag('no-start');
    const replace = call.flag('replace');
    const answer = await ensure({ label, scope: scope as Scope, start, replace, places, program, environment });
    printJson(process.stdout.isTTY ? withoutToken(answer) : answer);
    return undefined;
  },
};

/** A terminal is looked at, scrolled back and recorded. */
function withoutToken(answer: EnsureAnswer): object {
  return { ...answer, token: undefined };
}
