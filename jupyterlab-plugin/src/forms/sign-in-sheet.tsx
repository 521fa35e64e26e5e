import {
  accountName,
  oneLine,
  SecretValue,
  type Account,
  type SecretsError,
  type SignInOffer,
  type SignInRequest,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets } from '../tokens.ts';
import type { HiddenBox } from './hidden-box.ts';
import { HiddenField } from './hidden-field.tsx';
import { useOnce, useSending } from './sending.ts';
import { failureLine, SheetFrame, type FormProps } from './sheet-frame.tsx';

/** A sign-in that was found, and whose it is. */
interface Found {
  readonly offer: SignInOffer;
  readonly account: Account;
}

/** Signs in to a vault on another machine, with a pasted token or with the Datalayer CLI's sign-in on this machine. */
export function SignInSheet({ secrets, ...form }: FormProps & { readonly secrets: ISecrets }): React.ReactElement {
  const { t } = form;
  const sending = useSending();
  const looking = useSending();
  const box = React.useRef<HiddenBox | null>(null);
  const [offers, setOffers] = React.useState<readonly SignInOffer[]>([]);
  const [found, setFound] = React.useState<Found | null>(null);
  const [typed, setTyped] = React.useState(false);
  const [remember, setRemember] = React.useState(true);

  const look = async (): Promise<void> => {
    const answer = await looking.send(async (signal) => (await secrets.start()).vaults({ signal }));
    if (answer) setOffers(answer.done.offers.filter(({ source }) => source === 'datalayer-cli'));
  };
  useOnce(look);

  const enter = async (request: SignInRequest): Promise<void> => {
    const signedIn = await sending.send(async (signal) => {
      await (await secrets.start()).signIn(request, { signal });
      await secrets.model.refresh({ start: true });
    });
    if (!signedIn) return;
    box.current?.dispose();
    form.done(true);
  };
  const submit = async (): Promise<void> => {
    const token = box.current?.text.trim() ?? '';
    if (token === '') {
      sending.refuse();
    } else await enter({ token: new SecretValue(token), remember });
  };
  const check = async (offer: SignInOffer): Promise<void> => {
    const checked = await sending.send(async (signal) =>
      // Its origin is the service's own: a page does not say where a token goes.
      (await secrets.start()).signIn({ source: offer.source, check: true }, { signal }),
    );
    if (checked) setFound({ offer, account: checked.done.account });
  };

  const wrong = sending.failure && found === null ? tokenProblem(sending.failure) : false;
  const failure = wrong ? null : (sending.failure ?? looking.failure);
  return (
    <SheetFrame
      {...form}
      title={t('Sign in to Datalayer')}
      submit={
        found
          ? { label: t('Use This Account'), run: () => void enter({ source: found.offer.source }) }
          : { label: t('Sign In'), run: () => void submit() }
      }
      sending={sending}
      waiting={t('Signing in…')}
      typed={typed}
      failure={failure}
      retry={sending.failure === null && looking.failure ? () => void look() : undefined}
      page={found ? 'found' : 'token'}
    >
      {found && (
        <>
          <p>{t('Sign in as {account}?', { account: accountName(found.account) })}</p>
          <p className="dls-Field-hint">{oneLine(found.offer.origin)}</p>
          <button type="button" className="dls-Link" onClick={() => setFound(null)}>
            {t('Sign in another way')}
          </button>
        </>
      )}
      <div className="dls-Part" hidden={found !== null}>
        <HiddenField
          box={box}
          label={t('Token or API key')}
          hint={t('Of your Datalayer account. Paste it here.')}
          error={
            wrong && sending.failure
              ? tokenText(t, sending.failure)
              : sending.refusals > 0 && !typed
                ? t('Paste a token or an API key.')
                : null
          }
          onChange={() => {
            sending.clear();
            setTyped(box.current?.isEmpty === false);
          }}
          readOnly={sending.busy}
        />
        <Remember t={t} remember={remember} onChange={setRemember} />
        {offers.map((offer) => (
          <Offer key={`${offer.source} ${offer.origin}`} t={t} offer={offer} use={() => void check(offer)} />
        ))}
      </div>
    </SheetFrame>
  );
}

function Remember(props: {
  readonly t: FormProps['t'];
  readonly remember: boolean;
  readonly onChange: (remember: boolean) => void;
}): React.ReactElement {
  const { t, remember } = props;
  const id = React.useId();
  return (
    <div className="dls-Way">
      <input
        type="checkbox"
        id={id}
        checked={remember}
        aria-describedby={`${id}-about`}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <label htmlFor={id}>{t('Remember it')}</label>
      <p id={`${id}-about`} className="dls-Field-hint">
        {remember
          ? t('In the keychain of this machine where there is one, else in the local vault where that is open.')
          : t('It ends with the secrets service.')}
      </p>
    </div>
  );
}

function Offer(props: {
  readonly t: FormProps['t'];
  readonly offer: SignInOffer;
  readonly use: () => void;
}): React.ReactElement {
  const { t, offer } = props;
  const id = React.useId();
  return (
    <div className="dls-Offer">
      <button type="button" className="dls-Button" aria-describedby={id} onClick={props.use}>
        {t('Use the Sign-in of the Datalayer CLI')}
      </button>
      <p id={id} className="dls-Field-hint">
        {t('Found in the keychain of this machine, for {origin}. You see whose it is before it is used.', {
          origin: oneLine(offer.origin),
        })}
      </p>
    </div>
  );
}

/** Whether what was pasted is at fault. A sign-in to Jupyter itself that has ended has a reason. */
function tokenProblem({ kind, details }: SecretsError): boolean {
  if (kind === 'unauthenticated') return details['reason'] === undefined;
  return kind === 'invalid' && (details['field'] === 'token' || details['reason'] === 'token');
}

function tokenText(t: FormProps['t'], error: SecretsError): string {
  return error.kind === 'unauthenticated'
    ? t('This is not accepted. Copy the token or the API key again, whole; it may also have expired.')
    : failureLine(t, error);
}
