import type { ServiceStatus } from '@datalayer-secrets/shared';
import * as React from 'react';

import { COMMANDS } from '../tokens.ts';
import { isOffered } from './actions.ts';
import type { Desk } from './desk.ts';
import { standing } from './in-notebook.tsx';
import { keepPlace, moveBy } from './moves.ts';
import { note, RowView } from './row-view.tsx';
import { isBranch, refOf, type Row, type SecretRow } from './rows.ts';
import { Stack } from './stack.ts';
import { useTools } from './tools.ts';

export interface ListProps {
  readonly rows: readonly Row[];
  /** When this is another, the list begins anew at its first row. */
  readonly about: string;
  readonly status: ServiceStatus | null;
  readonly now: number;
  readonly desk: Desk;
  readonly toggle: (id: string) => void;
  readonly toSearch: () => void;
  /** Ends a search. */
  readonly leave: () => void;
}

/** Pixels at the usual size of text, as in panel.css. */
const HEIGHT = { vault: 44, group: 28, secret: 28, described: 44, pending: 44, note: 32 } as const;
const USUAL_TEXT = 13;
/** Rows drawn beyond those in sight. */
const OVERSCAN = 6;

function heightOf(row: Row): number {
  if (row.kind !== 'secret') return HEIGHT[row.kind];
  return row.deleting || row.secret.description !== '' || row.found?.vaultShown === true
    ? HEIGHT.described
    : HEIGHT.secret;
}

/** The tree of secrets: draws the rows in sight, and the one that has the focus wherever it is. */
export function List({ rows, about, status, now, desk, toggle, toSearch, leave }: ListProps): React.ReactElement {
  const { kernels, commands, t } = useTools();
  const scroller = React.useRef<HTMLDivElement>(null);
  const [place, setPlace] = React.useState(() => {
    // A form was shown in its place meanwhile: the secret that had the focus has it again.
    const { vault, uid } = desk.selected ?? {};
    const at = rows.findIndex((row) => row.kind === 'secret' && refOf(row)?.uid === uid && refOf(row)?.vault === vault);
    return { id: rows[at]?.id ?? null, at: Math.max(0, at), about };
  });
  const [hovered, setHovered] = React.useState<string | null>(null);
  const scale = useTextScale(scroller);
  const { scroll, height } = useView(scroller, about);
  const stack = React.useMemo(() => new Stack(rows.map((row) => Math.round(heightOf(row) * scale))), [rows, scale]);
  const at = place.about === about ? keepPlace(rows, place.id, place.at) : keepPlace(rows, null, 0);
  // Where it is among rows that are others now: when it goes, the one that takes its place is there.
  React.useEffect(() => {
    if (rows[at]?.id === place.id && at !== place.at) setPlace({ ...place, at });
  }, [rows, at, place]);
  const { from, to } = stack.inSight(scroll, height, OVERSCAN);
  const drawn = rows.slice(from, to).map((_, index) => from + index);
  if (at >= 0 && at < from) drawn.unshift(at);
  if (at >= to) drawn.push(at);

  const focus = useFocus(scroller, at);
  const go = (to: number, moveFocus = true): void => {
    const row = rows[to];
    if (!row) return;
    setPlace({ id: row.id, at: to, about });
    desk.selected = refOf(row) ?? desk.selected;
    if (moveFocus) {
      const list = scroller.current;
      if (list) list.scrollTop = stack.scrollTo(to, list.scrollTop, list.clientHeight);
      focus.want();
    }
  };
  const run = (command: string, row: Row): boolean => {
    const ref = refOf(row);
    const args = ref ? { ...ref } : {};
    if (!ref || !isOffered(commands, { command, args })) return false;
    void commands.execute(command, args);
    return true;
  };
  /** Lets the notebook use the secret, or no longer. */
  const turn = (row: SecretRow): boolean => {
    const { state } = kernels;
    if (state.kind !== 'known' || !state.notebook.possible) return false;
    return run(standing(state, row)?.granted === true ? COMMANDS.revoke : COMMANDS.allow, row);
  };
  const press = (row: Row): boolean => {
    if (isBranch(row)) toggle(row.id);
    else if (row.kind === 'note') {
      const { way } = note(t, row.view);
      if (way && isOffered(commands, way)) void commands.execute(way.command, { ...way.args });
    } else return run(COMMANDS.insert, row);
    return true;
  };
  const onKey = (event: React.KeyboardEvent): void => {
    const row = rows[at];
    // A button in the row has its own keys.
    if (!row || event.target instanceof HTMLButtonElement) return;
    if (handle(event, row)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const handle = (event: React.KeyboardEvent, row: Row): boolean => {
    const { key } = event;
    if (key === 'c' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey)
      return run(COMMANDS.copy, row);
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const move = moveBy(key, rows, at);
    if (move) {
      if ('to' in move) go(move.to);
      else toggle(move.toggle);
      return true;
    }
    switch (key) {
      case 'Enter':
        return press(row);
      case ' ':
        return isBranch(row) ? press(row) : row.kind === 'secret' && turn(row);
      case 'Delete':
        return run(COMMANDS.delete, row);
      case 'F2':
        return run(COMMANDS.edit, row);
      case '/':
        toSearch();
        return true;
      case 'Escape':
        // What was found keeps the focus among all the others.
        setPlace({ id: row.id, at, about: '' });
        focus.want();
        leave();
        return true;
      default:
        return false;
    }
  };
  const rowAt = (event: React.SyntheticEvent): number => {
    const index = (event.target as Element).closest<HTMLElement>('.dls-Row')?.dataset['index'];
    return index === undefined ? -1 : Number(index);
  };
  const onClick = (event: React.MouseEvent): void => {
    const row = rows[rowAt(event)];
    if (isBranch(row) && event.detail < 2) toggle(row.id);
  };
  const onDoubleClick = (event: React.MouseEvent): void => {
    const row = rows[rowAt(event)];
    if (row?.kind === 'secret' && !(event.target as Element).closest('button')) run(COMMANDS.insert, row);
  };

  return (
    <div className="dls-List" ref={scroller} onMouseLeave={() => setHovered(null)}>
      <div
        role="tree"
        aria-label={t('Secrets')}
        className="dls-List-rows"
        style={{ height: stack.height }}
        onKeyDown={onKey}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onMouseOver={(event) => setHovered(rows[rowAt(event)]?.id ?? null)}
        onFocus={(event) => {
          focus.has.current = true;
          const to = rowAt(event);
          if (to >= 0 && to !== at) go(to, false);
          else desk.selected = refOf(rows[to]) ?? desk.selected;
        }}
        onBlur={() => (focus.has.current = false)}
        // Before the menu of the page opens, so that its commands know which secret is meant.
        onContextMenu={(event) => go(rowAt(event), false)}
      >
        {drawn.map((index) => {
          const row = rows[index] as Row;
          return (
            <RowView
              key={row.id}
              row={row}
              index={index}
              status={status}
              now={now}
              active={index === at}
              busy={index === at || row.id === hovered}
              top={stack.top(index)}
              height={stack.heightOf(index)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Which part of the list is in sight. */
function useView(element: React.RefObject<HTMLElement>, about: string): { scroll: number; height: number } {
  const [view, setView] = React.useState({ scroll: 0, height: 0 });
  React.useLayoutEffect(() => {
    const list = element.current;
    if (!list) return undefined;
    const look = (): void => setView({ scroll: list.scrollTop, height: list.clientHeight });
    look();
    const resizing = new ResizeObserver(look);
    resizing.observe(list);
    list.addEventListener('scroll', look, { passive: true });
    return () => {
      resizing.disconnect();
      list.removeEventListener('scroll', look);
    };
  }, [element]);
  React.useLayoutEffect(() => {
    if (element.current) element.current.scrollTop = 0;
  }, [element, about]);
  return view;
}

/** Rows grow with the text, which users can enlarge. */
function useTextScale(element: React.RefObject<HTMLElement>): number {
  const [scale, setScale] = React.useState(1);
  React.useLayoutEffect(() => {
    const size = element.current ? Number.parseFloat(getComputedStyle(element.current).fontSize) : Number.NaN;
    if (size > 0) setScale(size / USUAL_TEXT);
  }, [element]);
  return scale;
}

/** Puts the focus on the active row once that is drawn, and keeps it in the list when the row that had it goes. */
function useFocus(
  scroller: React.RefObject<HTMLElement>,
  at: number,
): { has: React.MutableRefObject<boolean>; want: () => void } {
  const has = React.useRef(false);
  const wanted = React.useRef(false);
  React.useLayoutEffect(() => {
    const lost = has.current && document.activeElement === document.body;
    if (!wanted.current && !lost) return;
    wanted.current = false;
    const row = scroller.current?.querySelector<HTMLElement>(`.dls-Row[data-index="${at}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  });
  return { has, want: () => (wanted.current = true) };
}
