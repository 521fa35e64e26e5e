import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { briefly } from './progress.ts';
import { ready } from './ready.ts';
import { sheet } from './sheet.ts';

/** Gives the local vault a passphrase, or another one. The other ways of opening it stay. */
export const setPassphrase: Command = {
  id: COMMANDS.setPassphrase,
  label: (trans) => trans.__('Set Passphrase of the Local Vault…'),
  caption: (trans) => trans.__('Adds a passphrase to the ways of opening the local vault, or changes it'),
  args: NO_ARGS,
  isEnabled: ({ secrets }) => secrets.policy?.localVault !== false,
  async run(deps) {
    await ready(deps, 'local');
    await sheet(deps, { kind: 'passphrase' });
    await deps.secrets.model.refresh({ start: true });
    briefly(deps.trans.__('The passphrase is set. It opens the vault from now on.'));
    return true;
  },
};
