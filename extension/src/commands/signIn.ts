import { signIn as enter } from '../opening/signIn.ts';
import type { Command } from './command.ts';

/** Adds the vault of a Datalayer account, or of another service that the user's settings name. */
export const signIn: Command = {
  id: 'signIn',
  async run(deps) {
    await enter(await deps.service());
    await deps.model.refresh({ start: true });
    return true;
  },
};
