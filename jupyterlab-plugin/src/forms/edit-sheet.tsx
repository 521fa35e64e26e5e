import { descriptionProblem, faultyPart, oneLine, type Secret, type SecretChanges } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets, SecretRef } from '../tokens.ts';
import { useSecret } from './known-secret.ts';
import { DescriptionField, NameField, namesIn, TypeField, VaultField, wrongName } from './secret-fields.tsx';
import { useSending } from './sending.ts';
import { failureLine, SheetFrame, type FormProps } from './sheet-frame.tsx';
import { useModel } from '../panel/tools.ts';

interface EditProps extends FormProps {
  readonly of: SecretRef;
  readonly secrets: ISecrets;
}

/** Name, type and description. The value is not touched and not sent. */
export function EditSheet(props: EditProps): React.ReactElement {
  const { t } = props;
  const { secret, missing } = useSecret(props.secrets, props.of);
  const nothing = useSending();
  if (secret) return <EditFields {...props} secret={secret} missing={missing} />;
  return (
    <SheetFrame {...props} title={t('Edit Secret')} sending={nothing} waiting="" typed={false} failure={missing} />
  );
}

function EditFields({
  of: ref,
  secrets,
  secret,
  missing,
  ...form
}: EditProps & {
  readonly secret: Secret;
  readonly missing: ReturnType<typeof useSecret>['missing'];
}): React.ReactElement {
  const { t } = form;
  const state = useModel(secrets);
  const sending = useSending();
  const [name, setName] = React.useState(secret.name);
  const [type, setType] = React.useState(secret.type);
  const [description, setDescription] = React.useState(secret.description);

  const others = namesIn(state, ref.vault).filter((one) => one !== secret.name);
  const changes: SecretChanges = {
    ...(name !== secret.name && { name }),
    ...(type !== secret.type && { type }),
    ...(description !== secret.description && { description }),
  };
  const renamed = changes.name !== undefined;
  const part = sending.failure && faultyPart(sending.failure);
  const isField = part === 'name' || part === 'description';
  const refused = (one: typeof part): string | null =>
    sending.failure && part === one ? failureLine(t, sending.failure) : null;
  const edit = (set: (text: string) => void) => (text: string) => {
    sending.clear();
    set(text);
  };

  const submit = async (): Promise<void> => {
    if (Object.keys(changes).length === 0) {
      form.done(true);
      return;
    }
    if (wrongName(t, name, others, true) !== null || descriptionProblem(description, t) !== null) {
      sending.refuse();
      return;
    }
    const stored = await sending.send((signal) => secrets.model.update(ref.vault, secret, changes, { signal }));
    if (stored) form.done(true);
  };

  return (
    <SheetFrame
      {...form}
      title={t('Edit Secret')}
      submit={{ label: renamed ? t('Rename') : t('Save'), run: () => void submit() }}
      sending={sending}
      waiting={t('Changing {name}…', { name: oneLine(secret.name) })}
      typed={Object.keys(changes).length > 0}
      failure={isField ? null : (sending.failure ?? missing)}
    >
      <NameField
        t={t}
        name={name}
        onChange={edit(setName)}
        error={wrongName(t, name, others, sending.refusals > 0) ?? refused('name')}
        note={
          renamed
            ? t('References and grants go by name: those to {name} find nothing afterwards.', {
                name: oneLine(secret.name),
              })
            : null
        }
        readOnly={sending.busy}
      />
      <TypeField t={t} type={type} onChange={edit(setType)} readOnly={sending.busy} />
      <DescriptionField
        t={t}
        text={description}
        onChange={edit(setDescription)}
        error={refused('description')}
        readOnly={sending.busy}
      />
      <VaultField t={t} state={state} vaultId={ref.vault} readOnly={sending.busy} />
    </SheetFrame>
  );
}
