import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { ready } from './ready.ts';
import { setUp } from './set-up.ts';

/** Makes the local vault, and goes on to the first secret. One that is there already is opened. */
export const useLocalVault: Command = {
  id: COMMANDS.useLocalVault,
  label: (trans) => trans.__('Use the Local Vault'),
  caption: (trans) => trans.__('Keeps secrets encrypted on the machine of this server; no account is needed'),
  args: NO_ARGS,
  isEnabled: ({ secrets }) => secrets.policy?.localVault !== false,
  async run(deps) {
    const { secrets, commands } = deps;
    await setUp(deps);
    secrets.allowQuiet(true);
    await secrets.model.refresh({ start: true });
    const [{ list }] = await ready(deps, 'local');
    // Not awaited: the vault is there whether or not a secret follows.
    if ('secrets' in list && list.secrets.length === 0) void commands.execute(COMMANDS.create, { vault: 'local' });
    return true;
  },
};
