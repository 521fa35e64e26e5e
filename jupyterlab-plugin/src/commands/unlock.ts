import { COMMANDS } from '../tokens.ts';
import { type Command, NO_ARGS } from './command.ts';
import { isOpen } from './lock.ts';
import { openLocked } from './open-locked.ts';
import { briefly } from './progress.ts';
import { ready } from './ready.ts';

/** Opens what is locked, or, with nothing to open yet, leads to the first vault. */
export const unlock: Command = {
  id: COMMANDS.unlock,
  label: (trans) => trans.__('Unlock Secrets'),
  caption: (trans) => trans.__('Opens the local vault, and the sign-ins that are kept in it'),
  args: NO_ARGS,
  isEnabled: (deps) => !isOpen(deps),
  async run(deps) {
    const { secrets, trans } = deps;
    const client = await secrets.start();
    secrets.allowQuiet(true);
    const [status, { vaults }] = await Promise.all([client.status(), client.vaults()]);
    if (status.state === 'locked' || vaults.some(({ state }) => state === 'locked')) {
      await openLocked(deps);
      briefly(trans.__('Your secrets are unlocked.'));
    }
    await secrets.model.refresh({ start: true });
    await ready(deps);
    return true;
  },
};
