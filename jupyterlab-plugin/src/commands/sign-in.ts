import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { sheet } from './sheet.ts';

/** Adds the vault of a Datalayer account, or of the service that whoever runs this server has chosen. */
export const signIn: Command = {
  id: COMMANDS.signIn,
  label: (trans) => trans.__('Sign In to Datalayer…'),
  caption: (trans) =>
    trans.__('Adds the secrets of your account, with a token, an API key or the sign-in of the Datalayer CLI'),
  args: NO_ARGS,
  async run(deps) {
    await deps.secrets.start();
    await sheet(deps, { kind: 'sign-in' });
    await deps.secrets.model.refresh({ start: true });
    return true;
  },
};
