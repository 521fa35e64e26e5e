import {
  groupByType,
  isVariableName,
  type ModelState,
  oneLine,
  shownVaults,
  typeName,
  type Translate,
} from '@datalayer-secrets/shared';
import * as React from 'react';

import { COMMANDS } from '../tokens.ts';
import type { Desk } from './desk.ts';
import { Finder } from './finder.ts';
import { List } from './list.tsx';
import { notices } from './notices.ts';
import { WayButtons } from './parts.tsx';
import { foundRows, listRows, type Row } from './rows.ts';
import { Chips, SearchBox } from './search.tsx';
import { useTools } from './tools.ts';

/** The secrets: search, types, and the list. */
export function Browser({ state, desk, now }: { state: ModelState; desk: Desk; now: number }): React.ReactElement {
  const { secrets, commands, t, language } = useTools();
  const [query, setQuery] = React.useState('');
  const [closed, setClosed] = React.useState<ReadonlySet<string>>(new Set());
  const root = React.useRef<HTMLDivElement>(null);
  const input = React.useRef<HTMLInputElement>(null);
  const { typeFilter } = state;
  const vaults = shownVaults(state);

  const finder = React.useMemo(() => new Finder(vaults), [vaults]);
  const found = React.useMemo(() => finder.find(query), [finder, query]);
  const searching = query.trim() !== '';
  const groups = React.useMemo(() => {
    const all = vaults.flatMap(({ list }) => ('secrets' in list ? list.secrets : []));
    return groupByType(searching ? found.map(({ result }) => result.secret) : all);
  }, [vaults, found, searching]);
  const rows = React.useMemo<readonly Row[]>(() => {
    if (!searching) return listRows({ vaults, typeFilter, closed });
    const wanted = typeFilter === null ? found : found.filter(({ result }) => result.secret.type === typeFilter);
    return foundRows(wanted, vaults);
  }, [vaults, typeFilter, closed, searching, found]);

  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  const toList = (): void => root.current?.querySelector<HTMLElement>('.dls-Row[tabindex="0"]')?.focus();
  const enter = (): void => {
    const [first] = rows;
    if (!searching || first?.kind !== 'secret') toList();
    else if (commands.hasCommand(COMMANDS.insert))
      void commands.execute(COMMANDS.insert, { vault: first.vault, uid: first.secret.uid });
  };
  const status = state.service.kind === 'ready' ? state.service.status : null;
  const filterName = typeFilter === null ? null : typeName(t, typeFilter);

  return (
    <div className={searching ? 'dls-Browser dls-mod-searching' : 'dls-Browser'} ref={root}>
      <div className="dls-Browser-top">
        <SearchBox query={query} onQuery={setQuery} onLeave={toList} onEnter={enter} input={input} />
        <Chips groups={groups} chosen={typeFilter} choose={(type) => secrets.model.setTypeFilter(type)} />
      </div>
      {notices(t, state, now).map(({ id, text, ways }) => (
        <div key={id} className="dls-Notice" role="status">
          <p>{text}</p>
          <WayButtons ways={ways} />
        </div>
      ))}
      <p className={searching ? 'dls-Count' : 'jp-sr-only'} role="status">
        {searching ? resultCount(t, language, rows.length) : ''}
      </p>
      {rows.length > 0 ? (
        <List
          rows={rows}
          about={searching ? query : ''}
          status={status}
          now={now}
          desk={desk}
          toggle={toggle}
          toSearch={() => input.current?.focus()}
          leave={() => (searching ? setQuery('') : undefined)}
        />
      ) : (
        <div className="dls-Nothing">
          <p>
            {searching
              ? filterName === null
                ? t('No secret matches “{query}”.', { query: oneLine(query) })
                : t('No secret of the type {type} matches “{query}”.', { type: filterName, query: oneLine(query) })
              : t('No secret has the chosen type.')}
          </p>
          {typeFilter !== null && (
            <button type="button" className="dls-Button" onClick={() => secrets.model.setTypeFilter(null)}>
              {t('Show All Types')}
            </button>
          )}
          {searching && <WayButtons ways={isVariableName(query.trim()) ? [createNamed(t, query.trim())] : []} />}
        </div>
      )}
    </div>
  );
}

function createNamed(t: Translate, name: string): { label: string; command: string; args: { name: string } } {
  return { label: t('Create {name}', { name }), command: COMMANDS.create, args: { name } };
}

function resultCount(t: Translate, language: string, count: number): string {
  return count === 1 ? t('1 result') : t('{count} results', { count: count.toLocaleString(language) });
}
