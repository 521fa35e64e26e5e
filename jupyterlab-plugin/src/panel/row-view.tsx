import {
  age,
  ago,
  createdAt,
  explain,
  handleOf,
  oneLine,
  secretSpoken,
  type ServiceStatus,
  type Translate,
  typeName,
  typeOfOne,
  vaultDescription,
  vaultName,
  type VaultView,
} from '@datalayer-secrets/shared';
import { caretDownIcon, caretRightIcon, copyIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { insertIcon, replaceIcon, typeIcon, vaultIcon } from '../icons.ts';
import type { ActiveState } from '../kernels/kernel-secrets.ts';
import { COMMANDS } from '../tokens.ts';
import { isOffered, waysOn, type Way } from './actions.ts';
import { InNotebook, standing } from './in-notebook.tsx';
import { Marked } from './marked.tsx';
import { nameOfNotebook, secretWords } from './notebook-words.ts';
import { Icon, IconButton } from './parts.tsx';
import { type GroupRow, isBranch, type NoteRow, refOf, type Row, type SecretRow, type VaultRow } from './rows.ts';
import { useNotebook, useTools } from './tools.ts';

export interface RowProps {
  readonly row: Row;
  readonly index: number;
  readonly status: ServiceStatus | null;
  readonly now: number;
  /** Has the focus, or gets it when the list does. */
  readonly active: boolean;
  /** Shows what can be done with it. */
  readonly busy: boolean;
  /** Pixels. */
  readonly top: number;
  readonly height: number;
}

/** One row of the tree. What a click or a key does with it, the list knows. */
export const RowView = React.memo(function RowView({
  row,
  index,
  status,
  now,
  active,
  busy,
  top,
  height,
}: RowProps): React.ReactElement {
  const { t, language } = useTools();
  const notebook = useNotebook();
  const ref = refOf(row);
  return (
    <div
      role="treeitem"
      className={`dls-Row dls-mod-${row.kind}`}
      id={rowElementId(row)}
      data-index={index}
      data-vault={ref?.vault}
      data-uid={ref?.uid}
      draggable={ref !== null || undefined}
      aria-label={[spoken(t, language, row, status, now), spokenInNotebook(t, row, notebook)]
        .filter(Boolean)
        .join(', ')}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.size}
      aria-expanded={isBranch(row) ? row.open : undefined}
      aria-selected={active}
      aria-busy={row.kind === 'pending' || (row.kind === 'secret' && row.deleting) || undefined}
      tabIndex={active ? 0 : -1}
      style={{ transform: `translateY(${top}px)`, height, '--dls-level': row.level } as React.CSSProperties}
    >
      <Content row={row} status={status} now={now} />
      {busy && ref && row.kind === 'secret' && <Actions row={row} active={active} />}
      {ref && row.kind === 'secret' && <InNotebook row={row} active={active} />}
      {row.kind === 'note' && <NoteAction row={row} active={active} />}
    </div>
  );
});

export function rowElementId({ id }: Row): string {
  return `datalayer-secrets/${id}`;
}

function Content({ row, status, now }: Pick<RowProps, 'row' | 'status' | 'now'>): React.ReactElement {
  switch (row.kind) {
    case 'vault':
      return <VaultContent row={row} status={status} />;
    case 'group':
      return <GroupContent row={row} />;
    case 'secret':
      return <SecretContent row={row} now={now} />;
    case 'pending':
      return <Waiting name={row.secret.name} what="create" />;
    case 'note':
      return <NoteContent row={row} />;
  }
}

function VaultContent({ row, status }: { row: VaultRow; status: ServiceStatus | null }): React.ReactElement {
  const { t } = useTools();
  const { info } = row.view;
  const detail = status ? vaultDescription(t, info, status) : handleOf(info);
  return (
    <>
      <Icon icon={row.open ? caretDownIcon : caretRightIcon} className="dls-Row-caret" />
      <Icon icon={vaultIcon(info)} />
      <span className="dls-Row-text" title={[vaultName(t, info), info.origin ?? '', detail].filter(Boolean).join('\n')}>
        <bdi className="dls-Row-name">{vaultName(t, info)}</bdi>
        <bdi className="dls-Row-detail">{detail}</bdi>
      </span>
    </>
  );
}

function GroupContent({ row }: { row: GroupRow }): React.ReactElement {
  const { t, language } = useTools();
  return (
    <>
      <Icon icon={row.open ? caretDownIcon : caretRightIcon} className="dls-Row-caret" />
      <bdi className="dls-Row-name">{typeName(t, row.type)}</bdi>
      <span className="dls-Row-count">{row.count.toLocaleString(language)}</span>
    </>
  );
}

function SecretContent({ row, now }: { row: SecretRow; now: number }): React.ReactElement {
  const { secrets, t } = useTools();
  const { secret, found } = row;
  if (row.deleting) return <Waiting name={secret.name} what="delete" />;
  const created = createdAt(secret);
  const vault =
    found?.vaultShown === true ? (secrets.model.state.vaults.find(({ info }) => info.id === row.vault) ?? null) : null;
  return (
    <>
      <Icon icon={typeIcon(secret.type)} />
      <span className="dls-Row-text" title={tooltip(t, row, now)}>
        <Marked className="dls-Row-name" text={secret.name} field="name" matches={found?.matches ?? []} />
        {(vault !== null || secret.description !== '') && (
          <span className="dls-Row-detail">
            {vault && <bdi className="dls-Row-vault">{vaultName(t, vault.info)}</bdi>}
            <Marked text={secret.description} field="description" matches={found?.matches ?? []} />
          </span>
        )}
      </span>
      {created && <span className="dls-Row-age">{age(t, created.getTime(), now)}</span>}
    </>
  );
}

function Waiting({ name, what }: { name: string; what: 'create' | 'delete' }): React.ReactElement {
  const { t } = useTools();
  return (
    <>
      <span className="dls-Spinner" aria-hidden="true" />
      <span className="dls-Row-text">
        <bdi className="dls-Row-name">{oneLine(name)}</bdi>
        <span className="dls-Row-detail">{what === 'create' ? t('being created…') : t('being deleted…')}</span>
      </span>
    </>
  );
}

function Actions({ row, active }: { row: SecretRow; active: boolean }): React.ReactElement {
  const { commands, t } = useTools();
  const args = { vault: row.vault, uid: row.secret.uid };
  const name = oneLine(row.secret.name);
  const offered = [
    { command: COMMANDS.insert, icon: insertIcon, label: t('Insert reference to {name}', { name }) },
    { command: COMMANDS.copy, icon: copyIcon, label: t('Copy reference to {name}', { name }) },
    { command: COMMANDS.replace, icon: replaceIcon, label: t('Replace value of {name}', { name }) },
    { command: COMMANDS.delete, icon: deleteIcon, label: t('Delete {name}', { name }) },
  ].filter(({ command }) => isOffered(commands, { command, args }));
  return (
    <span className="dls-Row-actions">
      {offered.map(({ command, icon, label }) => (
        <IconButton
          key={command}
          icon={icon}
          label={label}
          tabIndex={active ? 0 : -1}
          onClick={(event) => {
            event.stopPropagation();
            void commands.execute(command, args);
          }}
        />
      ))}
    </span>
  );
}

/** Why a vault among several has no rows, and what to do about it. */
export function note(t: Translate, { info, list }: VaultView): { text: string; way: Way | null } {
  switch (list.kind) {
    case 'setup-needed':
      return {
        text: t('Not set up'),
        way: { label: t('Use the Local Vault'), command: COMMANDS.useLocalVault },
      };
    case 'locked':
      return { text: t('Locked'), way: { label: t('Unlock'), command: COMMANDS.unlock } };
    case 'signed-out':
      return {
        text: list.error ? explain(list.error, t).what : t('Signed out'),
        way: { label: t('Sign In'), command: COMMANDS.signIn },
      };
    case 'loading':
      return { text: t('Loading…'), way: null };
    case 'failed':
      return { text: explain(list.error, t).what, way: waysOn(t, list.error)[0] ?? null };
    case 'ready':
    case 'stale':
      return list.secrets.length > 0
        ? { text: t('No secret has the chosen type'), way: null }
        : {
            text: t('No secrets yet'),
            way: { label: t('Create Secret'), command: COMMANDS.create, args: { vault: info.id } },
          };
  }
}

function NoteContent({ row }: { row: NoteRow }): React.ReactElement {
  const { t } = useTools();
  const { text } = note(t, row.view);
  return (
    <>
      {row.view.list.kind === 'loading' && <span className="dls-Spinner" aria-hidden="true" />}
      <span className="dls-Row-text" title={text}>
        <span className="dls-Row-detail">{text}</span>
      </span>
    </>
  );
}

function NoteAction({ row, active }: { row: NoteRow; active: boolean }): React.ReactElement | null {
  const { commands, t } = useTools();
  const { way } = note(t, row.view);
  if (!way || !isOffered(commands, way)) return null;
  return (
    <button
      type="button"
      className="dls-Row-way"
      tabIndex={active ? 0 : -1}
      onClick={() => void commands.execute(way.command, { ...way.args })}
    >
      {way.label}
    </button>
  );
}

function spoken(t: Translate, language: string, row: Row, status: ServiceStatus | null, now: number): string {
  switch (row.kind) {
    case 'vault': {
      const { info } = row.view;
      return [vaultName(t, info), status ? vaultDescription(t, info, status) : ''].filter(Boolean).join(', ');
    }
    case 'group': {
      const type = typeName(t, row.type);
      return row.count === 1
        ? t('{type}, 1 secret', { type })
        : t('{type}, {count} secrets', { type, count: row.count });
    }
    case 'secret': {
      const name = oneLine(row.secret.name);
      return row.deleting ? t('{name}, being deleted', { name }) : secretSpoken(t, row.secret, now, language);
    }
    case 'pending':
      return t('{name}, being created', { name: oneLine(row.secret.name) });
    case 'note':
      return note(t, row.view).text;
  }
}

function spokenInNotebook(t: Translate, row: Row, state: ActiveState): string {
  const found = row.kind === 'secret' ? standing(state, row) : undefined;
  if (!found || state.kind !== 'known') return '';
  const words = { notebook: nameOfNotebook(state.notebook.path), state: secretWords(t, found) };
  return found.granted
    ? t('allowed in {notebook}: {state}', words)
    : t('no longer allowed in {notebook}: {state}', words);
}

/** Plain text with what the row has no room for. */
function tooltip(t: Translate, { secret }: SecretRow, now: number): string {
  const created = createdAt(secret);
  return [
    oneLine(secret.name),
    typeOfOne(t, secret.type),
    created ? t('Created {ago}', { ago: ago(t, created.getTime(), now) }) : '',
    oneLine(secret.description),
  ]
    .filter((line) => line !== '')
    .join('\n');
}
