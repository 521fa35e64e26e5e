import {
  accountName,
  SecretsError,
  SecretValue,
  toSecretsError,
  type ServiceClient,
  type SignInRequest,
  type TokenPlace,
} from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

import { errorText } from '../errors.ts';
import { whileShown } from '../progress.ts';
import { inLabel, inMessage } from '../shown.ts';
import { askHidden } from './hiddenBox.ts';

/** Where to sign in: the user's setting, which no workspace can set, else what the service takes as default. */
function chosenOrigin(): { origin?: string } {
  const origin = vscode.workspace.getConfiguration('datalayerSecrets').get('origin', '').trim();
  return origin === '' ? {} : { origin };
}

/**
 * Signs in to a vault on another machine, with what is on this machine already or with a pasted token.
 * @throws cancelled, and what the service says.
 */
export async function signIn(client: ServiceClient): Promise<void> {
  const ways = await waysOf(client);
  const [only] = ways;
  const way = only && ways.length === 1 ? only : await choose(ways);
  await way.run();
}

interface Way extends vscode.QuickPickItem {
  run(): Promise<void>;
}

async function waysOf(client: ServiceClient): Promise<readonly Way[]> {
  const { l10n } = vscode;
  const chosen = chosenOrigin();
  const { offers } = await whileShown(l10n.t('Looking for sign-ins on this machine…'), (signal) =>
    client.vaults({ signal }),
  );
  const shared = offers.filter(
    ({ source, origin }) => source === 'datalayer-cli' && (chosen.origin ?? origin) === origin,
  );
  const key = process.env['DATALAYER_API_KEY'];
  return [
    ...shared.map(({ origin, source }) => ({
      label: l10n.t('$(terminal) Use the sign-in of the Datalayer CLI'),
      description: inLabel(origin),
      detail: l10n.t('Found in the keychain of this machine. You see whose it is before it is used.'),
      run: () => takeOver(client, { origin, source }),
    })),
    ...(key
      ? [
          {
            label: l10n.t('$(symbol-variable) Use DATALAYER_API_KEY'),
            detail: l10n.t('From the environment of this editor. It is not stored anywhere.'),
            run: () =>
              takeOver(client, { ...chosen, source: 'environment', token: new SecretValue(key), remember: false }),
          },
        ]
      : []),
    {
      label: l10n.t('$(key) Paste a token or an API key'),
      detail: l10n.t('It is remembered in the keychain of this machine, where there is one.'),
      run: () => paste(client, chosen),
    },
  ];
}

async function choose(ways: readonly Way[]): Promise<Way> {
  const way = await vscode.window.showQuickPick(ways, {
    title: vscode.l10n.t('Sign in to Datalayer'),
    ignoreFocusOut: true,
  });
  if (!way) throw new SecretsError('cancelled', 'No way of signing in was chosen.');
  return way;
}

/** Uses a token that was found, once the user has seen whose it is. */
async function takeOver(client: ServiceClient, request: SignInRequest): Promise<void> {
  const { l10n, window } = vscode;
  const { account } = await send(client, { ...request, check: true });
  const use = l10n.t('Use This Account');
  const answer = await window.showInformationMessage(
    l10n.t('Sign in as {0}?', inMessage(accountName(account))),
    { modal: true, detail: request.origin ?? '' },
    use,
  );
  if (answer !== use) throw new SecretsError('cancelled', 'Not signed in.');
  welcome(await send(client, request));
}

async function paste(client: ServiceClient, chosen: { origin?: string }): Promise<void> {
  const { l10n } = vscode;
  const question = {
    title: l10n.t('Sign in to Datalayer'),
    prompt: chosen.origin
      ? l10n.t('A token or an API key for {0}.', inMessage(chosen.origin))
      : l10n.t('A token or an API key of your Datalayer account.'),
    placeholder: l10n.t('Paste it here'),
  };
  await askHidden(question, (entered, signal) =>
    client.signIn({ ...chosen, token: new SecretValue(entered.expose().trim()), remember: true }, { signal }).then(
      (done) => {
        welcome(done);
        return null;
      },
      (error: unknown) => {
        // Whatever it was, what was pasted stays in the box for another try.
        const { kind } = toSecretsError(error);
        if (kind === 'cancelled') throw error;
        return kind === 'unauthenticated'
          ? l10n.t('This is not accepted. Copy the token or the API key again, whole; it may also have expired.')
          : errorText(error);
      },
    ),
  );
}

type SignedIn = Awaited<ReturnType<ServiceClient['signIn']>>;

function send(client: ServiceClient, request: SignInRequest): Promise<SignedIn> {
  return whileShown(vscode.l10n.t('Signing in…'), (signal) => client.signIn(request, { signal }));
}

function welcome({ vault, account }: SignedIn): void {
  const { l10n, window } = vscode;
  const place: TokenPlace | null = vault?.tokenPlace ?? null;
  const name = inMessage(accountName(account));
  void window.showInformationMessage(
    place === 'nowhere'
      ? l10n.t(
          'Signed in as {0}. This machine has no place to remember it: it ends with the secrets service. A local vault would keep it.',
          name,
        )
      : place === 'environment'
        ? l10n.t('Signed in as {0} by DATALAYER_API_KEY. It is not remembered.', name)
        : l10n.t('Signed in as {0}.', name),
  );
}
