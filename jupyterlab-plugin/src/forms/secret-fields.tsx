import {
  descriptionProblem,
  hasSecrets,
  nameProblem,
  nameWarning,
  oneLine,
  SECRET_TYPES,
  shownVaults,
  typeHint,
  typeOfOne,
  vaultName,
  type ModelState,
  type SecretType,
  type Translate,
  type VaultView,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import { Field, TextField, tiedTo } from './field.tsx';

interface NameFieldProps {
  readonly t: Translate;
  readonly name: string;
  readonly onChange: (name: string) => void;
  readonly error: string | null;
  readonly note: string | null;
  readonly readOnly: boolean;
}

export function NameField({ t, name, onChange, error, note, readOnly }: NameFieldProps): React.ReactElement {
  return (
    <TextField
      label={t('Name')}
      hint={t('As code will ask for it')}
      placeholder="OPENAI_API_KEY"
      text={name}
      onChange={onChange}
      error={error}
      note={error === null && name !== '' ? [nameWarning(name, t)?.message, note].filter(Boolean).join(' ') : null}
      readOnly={readOnly}
    />
  );
}

/** What is wrong with a name. An empty one is only scolded once it was to be sent. */
export function wrongName(t: Translate, name: string, existing: Iterable<string>, tried: boolean): string | null {
  const problem = nameProblem(name, existing, t);
  return problem && (tried || problem.kind !== 'empty') ? problem.message : null;
}

interface TypeFieldProps {
  readonly t: Translate;
  readonly type: SecretType;
  readonly onChange: (type: SecretType) => void;
  readonly readOnly: boolean;
}

/** One of the known types, or the other one that the secret has. */
export function TypeField({ t, type, onChange, readOnly }: TypeFieldProps): React.ReactElement {
  const id = React.useId();
  const known = SECRET_TYPES.find((one) => one === type);
  const types: readonly SecretType[] = known ? SECRET_TYPES : [...SECRET_TYPES, type];
  return (
    <fieldset className="dls-Type" aria-describedby={known && `${id}-hint`}>
      <legend className="dls-Field-label">{t('Type')}</legend>
      <div className="dls-Type-choices">
        {types.map((one) => (
          <label key={one} className="dls-Type-choice">
            <input type="radio" name={id} checked={one === type} disabled={readOnly} onChange={() => onChange(one)} />
            <span>{typeOfOne(t, one)}</span>
          </label>
        ))}
      </div>
      {known && (
        <p id={`${id}-hint`} className="dls-Field-hint">
          {typeHint(t, known)}
        </p>
      )}
    </fieldset>
  );
}

interface DescriptionFieldProps {
  readonly t: Translate;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly error: string | null;
  readonly readOnly: boolean;
}

export function DescriptionField({ t, text, onChange, error, readOnly }: DescriptionFieldProps): React.ReactElement {
  return (
    <TextField
      label={t('Description')}
      hint={t('What it is for. It can be read without revealing the value.')}
      lines={2}
      text={text}
      onChange={onChange}
      error={descriptionProblem(text, t)?.message ?? error}
      readOnly={readOnly}
    />
  );
}

interface VaultFieldProps {
  readonly t: Translate;
  readonly state: ModelState;
  readonly vaultId: string;
  /** Absent: there is no choice. */
  readonly onChange?: ((vaultId: string) => void) | undefined;
  readonly readOnly: boolean;
}

/** Which vault, on which machine; a choice where there is one. */
export function VaultField({ t, state, vaultId, onChange, readOnly }: VaultFieldProps): React.ReactElement {
  const id = React.useId();
  const vaults = state.vaults.filter((vault) => hasSecrets(vault) || vault.info.id === vaultId);
  const chosen = vaults.find(({ info }) => info.id === vaultId);
  if (!onChange || vaults.length < 2) {
    return <p className="dls-Field-hint">{chosen && t('Kept in: {vault}', { vault: placeOf(t, state, chosen) })}</p>;
  }
  return (
    <Field id={id} label={t('Vault')}>
      <select
        {...tiedTo(id, {})}
        className="dls-Select"
        value={vaultId}
        disabled={readOnly}
        onChange={(event) => onChange(event.target.value)}
      >
        {vaults.map((vault) => (
          <option key={vault.info.id} value={vault.info.id}>
            {placeOf(t, state, vault)}
          </option>
        ))}
      </select>
    </Field>
  );
}

function placeOf(t: Translate, { service }: ModelState, { info }: VaultView): string {
  const name = vaultName(t, info);
  if (info.account) return `${name}, @${oneLine(info.account.handle)}`;
  if (info.kind !== 'local' || service.kind !== 'ready') return name;
  return t('{vault} on {host}', { vault: name, host: oneLine(service.status.host) });
}

/** Names known in a vault, for telling duplicates while they are typed. */
export function namesIn(state: ModelState, vaultId: string | null): readonly string[] {
  const list = state.vaults.find(({ info }) => info.id === vaultId)?.list;
  return list && 'secrets' in list ? list.secrets.map(({ name }) => name) : [];
}

/** Where a new secret goes unless the user says otherwise; null while no vault is known. */
export function usualVault(state: ModelState): string | null {
  const vault = state.vaults.find(hasSecrets) ?? shownVaults(state)[0];
  return vault?.info.id ?? null;
}
