import { hasSecrets, oneLine, vaultName, type VaultView } from '@datalayer-secrets/shared';
import { Dialog } from '@jupyterlab/apputils';
import * as React from 'react';

import { Finder } from '../panel/finder.ts';
import { useModel } from '../panel/tools.ts';
import type { SecretRef } from '../tokens.ts';
import type { Deps, Found } from './command.ts';

/** More rows than anybody reads; typing one more letter finds the rest. */
const SHOWN = 100;

/** Lets the user find a secret by typing; the one selected in the panel comes first. Null when they turned back. */
export async function pickSecret(deps: Deps, title: string): Promise<Found | null> {
  const { trans } = deps;
  const chosen: Chosen = { current: null };
  const dialog = new Dialog({
    title,
    body: <Pick deps={deps} chosen={chosen} accept={() => dialog.resolve(1)} />,
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Select') })],
    defaultButton: 1,
    focusNodeSelector: 'input',
  });
  const { button } = await dialog.launch();
  return button.accept ? chosen.current : null;
}

/** What is marked in the list: the dialog takes it when it is accepted. */
interface Chosen {
  current: Found | null;
}

interface PickProps {
  readonly deps: Deps;
  readonly chosen: Chosen;
  /** A row was clicked. */
  readonly accept: () => void;
}

/** A search box over a list. */
function Pick({ deps, chosen, accept }: PickProps): React.ReactElement {
  const { trans, secrets, panel } = deps;
  const id = React.useId();
  const list = React.useRef<HTMLUListElement>(null);
  const [query, setQuery] = React.useState('');
  const [marked, setMarked] = React.useState(0);
  const { vaults } = useModel(secrets);
  const finder = React.useMemo(() => new Finder(vaults.filter(hasSecrets)), [vaults]);
  const found = React.useMemo(
    () =>
      query.trim() === ''
        ? everything(vaults, panel.selected)
        : finder.find(query).map(({ vault, result }) => ({ vault, secret: result.secret })),
    [query, finder, vaults, panel],
  );
  const shown = found.slice(0, SHOWN);
  const at = Math.max(0, Math.min(marked, shown.length - 1));
  React.useLayoutEffect(() => {
    chosen.current = shown[at] ?? null;
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  });
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setMarked(Math.max(0, Math.min(at + by, shown.length - 1)));
  };
  return (
    <div className="dls-Pick">
      <input
        type="search"
        className="jp-mod-styled"
        placeholder={trans.__('Type a part of its name, description or type')}
        role="combobox"
        aria-expanded
        aria-autocomplete="list"
        aria-controls={id}
        aria-label={trans.__('Find a secret')}
        aria-activedescendant={shown[at] && `${id}${at}`}
        autoComplete="off"
        spellCheck={false}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setMarked(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} ref={list} role="listbox" aria-label={trans.__('Secrets')}>
        {shown.map(({ vault, secret }, index) => (
          <li
            key={`${vault}/${secret.uid}`}
            id={`${id}${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => {
              chosen.current = { vault, secret };
              accept();
            }}
          >
            <span className="dls-Pick-name">{oneLine(secret.name)}</span>
            <span className="dls-Pick-more">{about(deps, vaults, { vault, secret })}</span>
          </li>
        ))}
      </ul>
      <p role="status">
        {found.length === 0
          ? trans.__('No secret is like that.')
          : found.length > SHOWN && trans.__('%1 more: type to find them.', found.length - SHOWN)}
      </p>
    </div>
  );
}

function everything(vaults: readonly VaultView[], selected: SecretRef | null): Found[] {
  const rank = ({ vault, secret }: Found) => (vault === selected?.vault && secret.uid === selected.uid ? 0 : 1);
  return vaults
    .flatMap(({ info, list, deleting }) =>
      ('secrets' in list ? list.secrets : [])
        .filter(({ uid }) => !deleting.has(uid))
        .map((secret) => ({ vault: info.id, secret })),
    )
    .sort((a, b) => rank(a) - rank(b));
}

function about({ translate }: Deps, vaults: readonly VaultView[], { vault, secret }: Found): string {
  const info = vaults.length > 1 ? vaults.find((one) => one.info.id === vault)?.info : undefined;
  return [oneLine(secret.description), info ? vaultName(translate, info) : '']
    .filter((text) => text !== '')
    .join(' · ');
}
