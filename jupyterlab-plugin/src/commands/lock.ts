import { lockIcon } from '@jupyterlab/ui-components';

import { COMMANDS } from '../tokens.ts';
import { type Command, type Deps, NO_ARGS } from './command.ts';
import { briefly } from './progress.ts';

/** Locks the local vault for all editors. Starts nothing: what does not run is locked. */
export const lock: Command = {
  id: COMMANDS.lock,
  label: (trans) => trans.__('Lock the Local Vault'),
  caption: (trans) => trans.__('Locks the local vault, for all editors on the machine of this server'),
  icon: lockIcon,
  args: NO_ARGS,
  isEnabled: isOpen,
  async run({ secrets, trans }) {
    secrets.allowQuiet(false);
    await secrets.model.refresh({ start: false });
    if (secrets.model.state.service.kind === 'ready') await secrets.client.lock();
    await secrets.model.refresh({ start: false });
    briefly(trans.__('The local vault is locked.'));
    return true;
  },
};

/** Whether the local vault is open, as far as is known. */
export function isOpen({ secrets }: Pick<Deps, 'secrets'>): boolean {
  const { service } = secrets.model.state;
  return service.kind === 'ready' && service.status.state === 'open';
}
