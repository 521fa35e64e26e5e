import { replaceIcon } from '../icons.ts';
import { COMMANDS } from '../tokens.ts';
import { type Command, isOnSecret, SECRET_ARGS } from './command.ts';
import { briefly } from './progress.ts';
import { oneSecret } from './secret-pick.ts';
import { sheet } from './sheet.ts';
import { nameInMessage } from './words.ts';

/** Puts a new value under the same name. */
export const replaceValue: Command = {
  id: COMMANDS.replace,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Replace Value…') : trans.__('Replace Value of Secret…')),
  caption: (trans) => trans.__('Puts a new value under the same name; references stay as they are'),
  icon: replaceIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans } = deps;
    const { vault, secret } = await oneSecret(deps, args, trans.__('Replace the Value of a Secret'));
    await sheet(deps, { kind: 'replace', secret: { vault, uid: secret.uid } });
    briefly(
      trans.__('%1 is replaced: Python kernels have the new value with their next cell.', nameInMessage(secret.name)),
    );
    return true;
  },
};
