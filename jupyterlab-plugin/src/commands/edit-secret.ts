import { editIcon } from '@jupyterlab/ui-components';

import { tellRenamed } from '../kernels/renamed.ts';
import { COMMANDS } from '../tokens.ts';
import { type Command, isOnSecret, SECRET_ARGS } from './command.ts';
import { briefly } from './progress.ts';
import { oneSecret, secretOf } from './secret-pick.ts';
import { sheet } from './sheet.ts';
import { nameInMessage } from './words.ts';

/** Changes name, type or description. The value is not touched and not sent. */
export const editSecret: Command = {
  id: COMMANDS.edit,
  label: (trans, args) => (isOnSecret(args) ? trans.__('Edit…') : trans.__('Edit Secret…')),
  caption: (trans) => trans.__('Changes name, type or description; the value stays'),
  icon: editIcon,
  args: SECRET_ARGS,
  async run(deps, args) {
    const { trans } = deps;
    const { vault, secret } = await oneSecret(deps, args, trans.__('Edit a Secret'));
    const ref = { vault, uid: secret.uid };
    await sheet(deps, { kind: 'edit', secret: ref });
    const after = secretOf(deps, ref) ?? secret;
    if (after.name !== secret.name) await tellRenamed(deps, vault, secret.name, after.name);
    else if (after !== secret) briefly(trans.__('%1 is changed.', nameInMessage(after.name)));
    return ref;
  },
};
