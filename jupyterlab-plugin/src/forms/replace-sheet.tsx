import { faultyPart, oneLine, SecretValue } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets, SecretRef } from '../tokens.ts';
import { useSecret } from './known-secret.ts';
import { VaultField } from './secret-fields.tsx';
import { useSending } from './sending.ts';
import { failureLine, SheetFrame, type FormProps } from './sheet-frame.tsx';
import { useModel } from '../panel/tools.ts';
import { NO_VALUE, type ValueEntry } from './value-entry.ts';
import { ValueField } from './value-field.tsx';

/** A new value under the same name. */
export function ReplaceSheet({
  of: ref,
  secrets,
  ...form
}: FormProps & { readonly of: SecretRef; readonly secrets: ISecrets }): React.ReactElement {
  const { t } = form;
  const state = useModel(secrets);
  const sending = useSending();
  const { secret, missing } = useSecret(secrets, ref);
  const entry = React.useRef<ValueEntry | null>(null);
  const [about, setAbout] = React.useState(NO_VALUE);
  const name = oneLine(secret?.name ?? '');
  const refused = sending.failure && faultyPart(sending.failure) === 'value' ? sending.failure : null;
  const noValue = sending.refusals > 0 && about.empty ? t('A secret needs a value.') : null;

  const submit = async (): Promise<void> => {
    const value = entry.current;
    if (!value || !secret) return;
    const { problem, empty } = value.about(t);
    if (problem !== null || empty) {
      sending.refuse();
      return;
    }
    const stored = await sending.send((signal) =>
      secrets.model.replaceValue(ref.vault, secret, new SecretValue(value.text), { signal }),
    );
    if (!stored) return;
    value.dispose();
    form.done(true);
  };

  return (
    <SheetFrame
      {...form}
      title={t('Replace Value')}
      submit={{ label: t('Replace'), run: () => void submit() }}
      sending={sending}
      waiting={t('Replacing the value of {name}…', { name })}
      typed={!about.empty}
      failure={refused ? null : (sending.failure ?? missing)}
    >
      <p className="dls-Sheet-subject">{name}</p>
      <ValueField
        t={t}
        label={t('New value')}
        hint={t(
          'The old one is gone then. Python kernels have the new one with their next cell, other programs when they start again.',
        )}
        entry={entry}
        onChange={(now) => {
          sending.clear();
          setAbout(now);
        }}
        error={noValue ?? (refused && failureLine(t, refused))}
        readOnly={sending.busy}
      />
      <VaultField t={t} state={state} vaultId={ref.vault} readOnly={sending.busy} />
    </SheetFrame>
  );
}
