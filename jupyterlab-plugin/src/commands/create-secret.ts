import { Notification } from '@jupyterlab/apputils';
import { addIcon } from '@jupyterlab/ui-components';

import { COMMANDS, type CreateSheet, type SecretRef } from '../tokens.ts';
import { type Args, type Command, type Deps } from './command.ts';
import { ready } from './ready.ts';
import { secretOf } from './secret-pick.ts';
import { sheet } from './sheet.ts';
import { nameInMessage } from './words.ts';

export const createSecret: Command = {
  id: COMMANDS.create,
  label: (trans) => trans.__('Create Secret…'),
  caption: (trans) => trans.__('Creates a secret in the panel'),
  icon: addIcon,
  args: {
    type: 'object',
    properties: {
      vault: {
        type: 'string',
        description: 'Id of the vault that it is for. Without it the user chooses where there are several.',
      },
      name: { type: 'string', description: 'Its name, as a start.' },
      type: { type: 'string', description: 'Its type, as a start: generic, password, key or token.' },
    },
  },
  async run(deps, args) {
    const created = await create(deps, known(args));
    if (!created) return null;
    offerUse(deps, created.ref);
    return { ...created.ref };
  },
};

type Known = Pick<CreateSheet, 'vault' | 'name' | 'type' | 'value'>;

function known({ vault, name, type }: Args): Known {
  return {
    ...(typeof vault === 'string' && { vault }),
    ...(typeof name === 'string' && { name }),
    ...(typeof type === 'string' && { type }),
  };
}

/** Lets the user fill in the form for a new secret, with what is known already. @throws cancelled when it is left */
export async function create(deps: Deps, start: Known): Promise<{ ref: SecretRef; same: boolean } | null> {
  await ready(deps, start.vault);
  let created: { ref: SecretRef; same: boolean } | null = null;
  await sheet(deps, { kind: 'create', ...start, created: (ref, same) => (created = { ref, same }) });
  return created;
}

/** Says that it is there, and offers what is usually next. */
export function offerUse(deps: Deps, ref: SecretRef): void {
  const { trans, commands, references } = deps;
  const use = (label: string, command: string): Notification.IAction => ({
    label,
    callback: () => void commands.execute(command, { ...ref }),
  });
  const copy = use(trans.__('Copy Reference'), COMMANDS.copy);
  const insert = use(trans.__('Insert Reference'), COMMANDS.insert);
  Notification.success(trans.__('%1 is stored.', nameOf(deps, ref)), {
    autoClose: 10_000,
    actions: references.documents.active() ? [insert, copy] : [copy],
  });
}

/** The name of a secret that is listed, for a message. */
export function nameOf(deps: Deps, ref: SecretRef): string {
  return nameInMessage(secretOf(deps, ref)?.name ?? '');
}
