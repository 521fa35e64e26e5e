import { type groupByType, type SecretType, typeName } from '@datalayer-secrets/shared';
import { closeIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Icon, IconButton } from './parts.tsx';
import { useTools } from './tools.ts';

export interface SearchProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Into the list. */
  readonly onLeave: () => void;
  /** To the first result. */
  readonly onEnter: () => void;
  readonly input: React.RefObject<HTMLInputElement>;
}

export function SearchBox({ query, onQuery, onLeave, onEnter, input }: SearchProps): React.ReactElement {
  const { t } = useTools();
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      if (query === '') onLeave();
      else onQuery('');
    } else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) onEnter();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="dls-Search" role="search">
      <Icon icon={searchIcon} className="dls-Search-icon" />
      <input
        ref={input}
        type="text"
        role="searchbox"
        className="dls-Search-input"
        aria-label={t('Search secrets')}
        placeholder={t('Search secrets')}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      {query !== '' && (
        <IconButton
          icon={closeIcon}
          label={t('Clear search')}
          onClick={() => {
            onQuery('');
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}

export interface ChipsProps {
  readonly groups: ReturnType<typeof groupByType>;
  readonly chosen: SecretType | null;
  readonly choose: (type: SecretType | null) => void;
}

/** Which types are shown; one or all. */
export function Chips({ groups, chosen, choose }: ChipsProps): React.ReactElement | null {
  const { t, language } = useTools();
  if (groups.length < 2 && chosen === null) return null;
  const all = groups.reduce((sum, { secrets }) => sum + secrets.length, 0);
  const chip = (type: SecretType | null, name: string, count: number): React.ReactElement => (
    <button
      key={type ?? ' all'}
      type="button"
      className="dls-Chip"
      aria-pressed={chosen === type}
      onClick={() => choose(chosen === type ? null : type)}
    >
      <bdi>{name}</bdi> <span className="dls-Chip-count">{count.toLocaleString(language)}</span>
    </button>
  );
  return (
    <div className="dls-Chips" role="group" aria-label={t('Types')}>
      {chip(null, t('All'), all)}
      {groups.map(({ type, secrets }) => chip(type, typeName(t, type), secrets.length))}
    </div>
  );
}
