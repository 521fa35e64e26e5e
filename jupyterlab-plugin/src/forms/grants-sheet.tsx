import { oneLine, type Translate, vaultName } from '@datalayer-secrets/shared';
import * as React from 'react';

import { nameOfNotebook } from '../panel/notebook-words.ts';
import { useModel } from '../panel/tools.ts';
import type { NotebookGrant } from '../kernels/notebook-state.ts';
import type { IKernelSecrets, ISecrets } from '../tokens.ts';
import { TextField } from './field.tsx';
import { useSending } from './sending.ts';
import { SheetFrame, type FormProps } from './sheet-frame.tsx';

interface GrantsProps extends FormProps {
  readonly secrets: ISecrets;
  readonly kernels: IKernelSecrets;
}

/** From this many on there is a field to filter them by. */
const MANY = 8;
/** More rows than anybody reads. */
const SHOWN = 200;

/** Everything that notebooks may use, by notebook, with a way to take it back. */
export function GrantsSheet({ secrets, kernels, ...form }: GrantsProps): React.ReactElement {
  const { t } = form;
  const { vaults } = useModel(secrets);
  const sending = useSending();
  const { send } = sending;
  const [grants, setGrants] = React.useState<readonly NotebookGrant[] | null>(null);
  const [query, setQuery] = React.useState('');
  const [said, setSaid] = React.useState('');
  const list = React.useRef<HTMLDivElement>(null);

  const load = React.useCallback(async () => {
    const asked = await send(() => kernels.grants());
    if (asked) setGrants(asked.done);
  }, [send, kernels]);
  React.useEffect(() => {
    void load();
    // What another page allows or takes back shows here too.
    const again = (): void => void load();
    kernels.told.connect(again);
    return () => void kernels.told.disconnect(again);
  }, [kernels, load]);

  const nameOfVault = (id: string): string => {
    const info = vaults.find((one) => one.info.id === id)?.info;
    return info ? vaultName(t, info) : id;
  };
  const revoke = async (grant: NotebookGrant, row: number): Promise<void> => {
    const revoked = await sending.send(() => kernels.revoke(grant.notebook, grant));
    if (!revoked) return;
    setGrants((before) => before?.filter((one) => !isSame(one, grant)) ?? null);
    setSaid(t('{notebook} may not use {name} any more.', wordsOf(grant)));
    // The button that had the focus goes: the one that takes its place has it then.
    requestAnimationFrame(() => {
      const buttons = list.current?.querySelectorAll('button') ?? [];
      (buttons[Math.min(row, buttons.length - 1)] ?? list.current)?.focus();
    });
  };

  const found = matching(grants ?? [], query, nameOfVault);
  const shown = found.slice(0, SHOWN);
  return (
    <SheetFrame
      {...form}
      title={t('What Notebooks May Use')}
      sending={sending}
      leave={t('Close')}
      waiting={t('Waiting for the Jupyter server…')}
      typed={false}
      failure={sending.failure}
      retry={grants ? undefined : () => void load()}
    >
      <p>{t('A secret reaches the kernels of the notebooks that may use it, and no others.')}</p>
      {(grants?.length ?? 0) >= MANY && (
        <TextField label={t('Find')} text={query} onChange={setQuery} readOnly={false} />
      )}
      <div ref={list} className="dls-Grants" tabIndex={-1}>
        {byNotebook(shown).map(([notebook, rows]) => (
          <Notebook key={notebook} t={t} rows={rows}>
            {rows.map((grant) => (
              <li key={`${grant.vault}/${grant.name}`} className="dls-Grants-row">
                <span className="dls-Grants-name">
                  <bdi>{oneLine(grant.name)}</bdi>
                  {vaults.length > 1 && <bdi className="dls-Grants-vault">{nameOfVault(grant.vault)}</bdi>}
                </span>
                <button
                  type="button"
                  className="dls-Button"
                  aria-label={t('Revoke {name} from {notebook}', wordsOf(grant))}
                  aria-disabled={sending.busy}
                  onClick={() => sending.busy || void revoke(grant, shown.indexOf(grant))}
                >
                  {t('Revoke')}
                </button>
              </li>
            ))}
          </Notebook>
        ))}
        {grants && found.length === 0 && (
          <p>{grants.length === 0 ? t('No notebook may use a secret yet.') : t('Nothing here is like that.')}</p>
        )}
        {found.length > SHOWN && <p>{t('{count} more: type to find them.', { count: found.length - SHOWN })}</p>}
      </div>
      <p className="jp-sr-only" role="status">
        {said}
      </p>
    </SheetFrame>
  );
}

function Notebook({
  t,
  rows,
  children,
}: {
  readonly t: Translate;
  readonly rows: readonly NotebookGrant[];
  readonly children: React.ReactNode;
}): React.ReactElement {
  const id = React.useId();
  const [{ path, exists } = { path: '', exists: true }] = rows;
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="dls-Grants-notebook" title={oneLine(path)}>
        <bdi>{oneLine(path)}</bdi>
        {!exists && <span className="dls-Grants-gone"> {t('(not there any more)')}</span>}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

function wordsOf({ name, path }: NotebookGrant): { readonly name: string; readonly notebook: string } {
  return { name: oneLine(name), notebook: nameOfNotebook(path) };
}

function isSame(one: NotebookGrant, other: NotebookGrant): boolean {
  return one.notebook === other.notebook && one.vault === other.vault && one.name === other.name;
}

/** Those in whose path, name or vault all of the words occur. */
function matching(
  grants: readonly NotebookGrant[],
  query: string,
  nameOfVault: (id: string) => string,
): readonly NotebookGrant[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return grants;
  return grants.filter(({ path, name, vault }) => {
    const text = `${path} ${name} ${nameOfVault(vault)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** In the order in which they come. */
function byNotebook(grants: readonly NotebookGrant[]): [string, NotebookGrant[]][] {
  const groups = new Map<string, NotebookGrant[]>();
  for (const grant of grants) {
    const group = groups.get(grant.notebook);
    if (group) group.push(grant);
    else groups.set(grant.notebook, [grant]);
  }
  return [...groups];
}
