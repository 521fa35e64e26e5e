import {
  explain,
  isKeychainRefusal,
  keychainAbsence,
  oneLine,
  toSecretsError,
  type SecretsError,
  type ServiceStatus,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets } from '../tokens.ts';
import { useNewPassphrase } from './new-passphrase.tsx';
import { useOnce, useSending } from './sending.ts';
import { SheetFrame, type FormProps } from './sheet-frame.tsx';

export interface OpeningProps extends FormProps {
  readonly secrets: ISecrets;
  /** Why what needs no question did not do; else it is tried first. */
  readonly refusal: SecretsError | undefined;
}

/** Why there is no way without a question. */
interface Question {
  readonly status: ServiceStatus;
  readonly refusal: string;
}

/**
 * Makes the local vault: with the keychain where there is one, without a question; else the user chooses how it is opened. A
 * vault that another program made meanwhile is as good.
 */
export function SetUpSheet({ secrets, refusal, ...form }: OpeningProps): React.ReactElement {
  const { t } = form;
  const sending = useSending();
  const [question, setQuestion] = React.useState<Question | null>(null);
  const [slot, setSlot] = React.useState<'passphrase' | 'file'>('passphrase');
  const passphrase = useNewPassphrase(t, sending.busy);

  const finish = (): void => {
    passphrase.dispose();
    form.done(true);
  };
  const begin = async (): Promise<void> => {
    const asked = await sending.send(async (signal) => {
      const found = await byKeychain(secrets, refusal, signal);
      if (found === null) await opened(secrets);
      return found;
    });
    if (asked?.done === null) finish();
    else if (asked) {
      const { status, error } = asked.done;
      setQuestion({ status, refusal: error === null ? keychainAbsence(t, status.keychain) : explain(error, t).what });
    }
  };
  useOnce(begin);

  const submit = async (): Promise<void> => {
    const entered = slot === 'passphrase' ? passphrase.take() : undefined;
    if (entered === null) {
      sending.refuse();
      return;
    }
    const made = await sending.send(async (signal) => {
      const client = await secrets.start();
      await client.setup({ slot, ...(entered && { passphrase: entered }) }, { signal }).catch(ignoreDone);
      await opened(secrets);
    });
    if (made) finish();
  };

  if (question === null) {
    return (
      <SheetFrame
        {...form}
        title={t('Local Vault')}
        sending={sending}
        waiting={t('Waiting for the keychain of this machine…')}
        typed={false}
        failure={sending.failure}
        retry={() => void begin()}
      />
    );
  }
  return (
    <SheetFrame
      {...form}
      title={t('Local Vault')}
      submit={{ label: t('Make the Vault'), run: () => void submit() }}
      sending={sending}
      waiting={t('Making the vault…')}
      typed={passphrase.typed}
      failure={sending.failure}
      page="question"
    >
      <p>
        {t('It is encrypted, on {host}. No account is needed.', { host: oneLine(question.status.host) })}{' '}
        {question.refusal}
      </p>
      <fieldset className="dls-Ways-choice">
        <legend className="dls-Field-label">{t('How is it opened?')}</legend>
        <Way
          label={t('By a passphrase')}
          about={t('Asked for after a restart and after locking. It is kept nowhere.')}
          chosen={slot === 'passphrase'}
          choose={() => setSlot('passphrase')}
        />
        <Way
          label={t('By a key file')}
          about={t('Opens by itself. For servers and containers: who reads your files reads your secrets.')}
          chosen={slot === 'file'}
          choose={() => setSlot('file')}
        />
      </fieldset>
      <div className="dls-Part" hidden={slot === 'file'}>
        {passphrase.fields}
      </div>
    </SheetFrame>
  );
}

function Way(props: {
  readonly label: string;
  readonly about: string;
  readonly chosen: boolean;
  readonly choose: () => void;
}): React.ReactElement {
  const id = React.useId();
  return (
    <div className="dls-Way">
      <input
        type="radio"
        id={id}
        aria-describedby={`${id}-about`}
        checked={props.chosen}
        data-dls-first={props.chosen || undefined}
        onChange={props.choose}
      />
      <label htmlFor={id}>{props.label}</label>
      <p id={`${id}-about`} className="dls-Field-hint">
        {props.about}
      </p>
    </div>
  );
}

/** Null when the vault is there, else what keeps the keychain from doing it: it is not there, or it refused (`error`). */
async function byKeychain(
  secrets: ISecrets,
  refusal: SecretsError | undefined,
  signal: AbortSignal,
): Promise<{ readonly status: ServiceStatus; readonly error: unknown } | null> {
  const client = await secrets.start();
  const status = await client.status({ signal });
  if (status.state !== 'new') return null;
  if (refusal || status.keychain !== 'available') return { status, error: refusal ?? null };
  try {
    await client.setup({ slot: 'keychain' }, { signal }).catch(ignoreDone);
    return null;
  } catch (error) {
    if (!isKeychainRefusal(error)) throw error;
    return { status, error };
  }
}

function ignoreDone(error: unknown): void {
  if (toSecretsError(error).kind !== 'already_set_up') throw error;
}

/** A vault was opened: it may be opened without a click from now on, and its secrets are listed. */
export async function opened(secrets: ISecrets): Promise<void> {
  secrets.allowQuiet(true);
  await secrets.model.refresh({ start: true });
}
