import {
  explain,
  isKeychainRefusal,
  oneLine,
  SecretValue,
  toSecretsError,
  type SecretsError,
  type ServiceStatus,
  type SlotKind,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets } from '../tokens.ts';
import type { HiddenBox } from './hidden-box.ts';
import { HiddenField } from './hidden-field.tsx';
import { useOnce, useSending } from './sending.ts';
import { opened, type OpeningProps } from './set-up-sheet.tsx';
import { SheetFrame } from './sheet-frame.tsx';

/** The easiest first. */
const ORDER: readonly SlotKind[] = ['keychain', 'file', 'passphrase'];

interface Question {
  readonly status: ServiceStatus;
  /** Why the way before failed. */
  readonly refusal: SecretsError | null;
}

/** Opens the local vault the way it was set up. What the keychain or the key file do not open, the passphrase may. */
export function UnlockSheet({ secrets, refusal: before, ...form }: OpeningProps): React.ReactElement {
  const { t } = form;
  const sending = useSending();
  const box = React.useRef<HiddenBox | null>(null);
  const [question, setQuestion] = React.useState<Question | null>(null);
  const [typed, setTyped] = React.useState(false);

  const begin = async (refused?: SecretsError): Promise<void> => {
    const asked = await sending.send(async (signal) => {
      const found = await withoutQuestion(secrets, refused, signal);
      if (found === null) await opened(secrets);
      return found;
    });
    if (asked?.done === null) form.done(true);
    else if (asked) setQuestion(asked.done);
  };
  useOnce(() => begin(before));

  const submit = async (): Promise<void> => {
    if (!box.current || box.current.isEmpty) return;
    const passphrase = new SecretValue(box.current.text);
    const done = await sending.send(async (signal) => {
      const client = await secrets.start();
      await client.unlock({ slot: 'passphrase', passphrase, interactive: true }, { signal });
      await opened(secrets);
    });
    if (done) {
      box.current.dispose();
      form.done(true);
    } else box.current.element.select();
  };

  if (question === null) {
    return (
      <SheetFrame
        {...form}
        title={t('Unlock')}
        sending={sending}
        waiting={t('Waiting for the keychain of this machine…')}
        typed={false}
        failure={sending.failure}
        retry={() => void begin()}
      />
    );
  }
  const isWrong = sending.failure?.kind === 'wrong_passphrase';
  const { refusal, status } = question;
  return (
    <SheetFrame
      {...form}
      title={t('Unlock')}
      submit={{ label: t('Unlock'), run: () => void submit() }}
      sending={sending}
      waiting={t('Opening the vault…')}
      typed={typed}
      failure={isWrong ? null : sending.failure}
      page="question"
    >
      {refusal && (
        <p>
          {explain(refusal, t).what} {t('The passphrase opens the vault too.')}{' '}
          <button type="button" className="dls-Link" onClick={() => void begin()}>
            {t('Try the other way again')}
          </button>
        </p>
      )}
      <HiddenField
        box={box}
        label={t('Passphrase')}
        hint={t('Of the vault on {host}', { host: oneLine(status.host) })}
        error={isWrong ? t('This is not the passphrase.') : null}
        onChange={() => {
          sending.clear();
          setTyped(box.current?.isEmpty === false);
        }}
        readOnly={sending.busy}
      />
    </SheetFrame>
  );
}

/** Null when it is open, else what is to be known for asking for the passphrase. */
async function withoutQuestion(
  secrets: ISecrets,
  refused: SecretsError | undefined,
  signal: AbortSignal,
): Promise<Question | null> {
  const client = await secrets.start();
  const status = await client.status({ signal });
  const ways = ORDER.filter((one) => status.slots.includes(one));
  if (status.state !== 'locked' || ways.length === 0) {
    // A sign-in may wait for the keychain. A vault without a way that we know is damaged or newer: the service says which.
    await client.unlock({ interactive: true }, { signal });
    return null;
  }
  if (refused) return { status, refusal: refused };
  let refusal: SecretsError | null = null;
  for (const slot of ways) {
    if (slot === 'passphrase') return { status, refusal };
    try {
      await client.unlock({ slot, interactive: true }, { signal });
      return null;
    } catch (error) {
      refusal = toSecretsError(error);
      if (!isKeychainRefusal(refusal) && refusal.kind !== 'no_key_file') throw refusal;
    }
  }
  throw refusal as SecretsError;
}
