import { allowIn } from '../kernels/allow.ts';
import { COMMANDS } from '../tokens.ts';
import { activeNotebook } from './active-notebook.ts';
import { type Command, isOnSecret, SECRET_ARGS } from './command.ts';
import { oneSecret } from './secret-pick.ts';

/** Lets the notebook in sight use a secret, without writing a reference into it. */
export const allowInNotebook: Command = {
  id: COMMANDS.allow,
  label: (trans, args) =>
    isOnSecret(args) ? trans.__('Allow in This Notebook') : trans.__('Allow Secret in This Notebook…'),
  caption: (trans) => trans.__('Lets the kernel of the notebook have the secret'),
  args: SECRET_ARGS,
  isEnabled: ({ kernels }) => kernels.panel !== null,
  async run(deps, args) {
    const panel = activeNotebook(deps);
    const { vault, secret } = await oneSecret(deps, args, deps.trans.__('Allow a Secret in This Notebook'));
    return await allowIn(deps, panel, { vault, name: secret.name });
  },
};
