import {
  descriptionProblem,
  faultyPart,
  guessType,
  oneLine,
  SecretValue,
  type SecretType,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import type { CreateSheet as Sheet, ISecrets } from '../tokens.ts';
import { closed } from './closed.ts';
import {
  DescriptionField,
  NameField,
  namesIn,
  TypeField,
  usualVault,
  VaultField,
  wrongName,
} from './secret-fields.tsx';
import { useSending } from './sending.ts';
import { failureLine, SheetFrame, type FormProps } from './sheet-frame.tsx';
import { useModel } from '../panel/tools.ts';
import type { ValueEntry } from './value-entry.ts';
import { NO_VALUE } from './value-entry.ts';
import { ValueField } from './value-field.tsx';

/** A new secret. */
export function CreateSheet({
  sheet,
  secrets,
  ...form
}: FormProps & { readonly sheet: Sheet; readonly secrets: ISecrets }): React.ReactElement {
  const { t } = form;
  const state = useModel(secrets);
  const sending = useSending();
  const entry = React.useRef<ValueEntry | null>(null);
  const [name, setName] = React.useState(sheet.name ?? '');
  const [chosenType, setChosenType] = React.useState(sheet.type ?? null);
  const [description, setDescription] = React.useState('');
  const [about, setAbout] = React.useState(NO_VALUE);
  const [chosenVault, setChosenVault] = React.useState(sheet.vault ?? null);
  const vaultId = chosenVault ?? usualVault(state) ?? 'local';
  // A vault that is locked meanwhile stays the one that was meant.
  const known = usualVault(state);
  React.useEffect(() => {
    if (chosenVault === null && known !== null) setChosenVault(known);
  }, [chosenVault, known]);
  React.useEffect(() => {
    if (usualVault(secrets.model.state) === null) void secrets.model.refresh({ start: true });
  }, [secrets]);

  const type: SecretType = chosenType ?? (guessType(name) === 'generic' ? about.type : guessType(name));
  const tried = sending.refusals > 0;
  const part = sending.failure && faultyPart(sending.failure);
  const refused = (one: typeof part): string | null =>
    sending.failure && part === one ? failureLine(t, sending.failure) : null;
  const nameError = wrongName(t, name, namesIn(state, vaultId), tried);
  const noValue = tried && about.empty ? t('A secret needs a value.') : null;
  const edit =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      sending.clear();
      set(value);
    };

  const submit = async (): Promise<void> => {
    const value = entry.current;
    if (!value) return;
    const { problem, empty } = value.about(t);
    const wrong = wrongName(t, name, namesIn(secrets.model.state, vaultId), true) ?? descriptionProblem(description, t);
    if (wrong !== null || problem !== null || empty) {
      sending.refuse();
      return;
    }
    const stored = await sending.send((signal) =>
      secrets.model.create(vaultId, { name, description, type, value: new SecretValue(value.text) }, { signal }),
    );
    if (!stored) return;
    const same = sheet.value !== undefined && sheet.value() === value.text;
    value.dispose();
    sheet.created?.({ vault: vaultId, uid: stored.done.uid }, same);
    form.done(true);
  };

  return (
    <SheetFrame
      {...form}
      title={t('Create Secret')}
      submit={{ label: t('Create'), run: () => void submit() }}
      sending={sending}
      waiting={t('Storing {name}…', { name: oneLine(name) })}
      typed={name !== (sheet.name ?? '') || description !== '' || !about.empty}
      failure={part === null ? (sending.failure ?? closed(state, vaultId)) : null}
    >
      <NameField
        t={t}
        name={name}
        onChange={edit(setName)}
        error={nameError ?? refused('name')}
        note={null}
        readOnly={sending.busy}
      />
      <TypeField t={t} type={type} onChange={setChosenType} readOnly={sending.busy} />
      <ValueField
        t={t}
        label={t('Value')}
        hint={t('It is stored encrypted. JupyterLab never shows it again.')}
        entry={entry}
        initial={sheet.value}
        onChange={edit(setAbout)}
        error={noValue ?? refused('value')}
        readOnly={sending.busy}
      />
      <DescriptionField
        t={t}
        text={description}
        onChange={edit(setDescription)}
        error={refused('description')}
        readOnly={sending.busy}
      />
      <VaultField
        t={t}
        state={state}
        vaultId={vaultId}
        onChange={sheet.vault === undefined ? setChosenVault : undefined}
        readOnly={sending.busy}
      />
    </SheetFrame>
  );
}
