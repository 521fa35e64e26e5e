import { failure, type Secret } from '@datalayer-secrets/shared';
import { Notification } from '@jupyterlab/apputils';

import { UI } from '../later.ts';
import { COMMANDS, type SecretRef } from '../tokens.ts';
import { type Args, type Deps, type Found, refFrom } from './command.ts';
import { ready } from './ready.ts';

/** The one secret a command was called on, or the one the user picks. @throws cancelled, not_found, or why no vault can be opened. */
export async function oneSecret(deps: Deps, args: Args, title: string): Promise<Found> {
  const given = refFrom(deps, args);
  if (given) return await known(deps, given);
  const vaults = await ready(deps);
  if (vaults.every(({ list }) => !('secrets' in list) || list.secrets.length === 0)) {
    offerCreating(deps);
    throw failure('cancelled');
  }
  const { pickSecret } = await UI.load();
  const picked = await pickSecret(deps, title);
  if (!picked) throw failure('cancelled');
  return picked;
}

function offerCreating({ trans, commands }: Deps): void {
  Notification.info(trans.__('There are no secrets yet.'), {
    autoClose: 10_000,
    actions: [{ label: trans.__('Create Secret…'), callback: () => void commands.execute(COMMANDS.create) }],
  });
}

async function known(deps: Deps, ref: SecretRef): Promise<Found> {
  const { model } = deps.secrets;
  let secret = secretOf(deps, ref);
  if (!secret) {
    await model.refresh({ start: true });
    secret = secretOf(deps, ref);
  }
  if (!secret) {
    await ready(deps, ref.vault);
    secret = secretOf(deps, ref);
  }
  if (!secret) throw failure('not_found');
  return { vault: ref.vault, secret };
}

/** What is listed under this uid. */
export function secretOf({ secrets }: Pick<Deps, 'secrets'>, { vault, uid }: SecretRef): Secret | undefined {
  const list = secrets.model.state.vaults.find(({ info }) => info.id === vault)?.list;
  return list && 'secrets' in list ? list.secrets.find((one) => one.uid === uid) : undefined;
}
