import { explain, oneLine, type ErrorAction, type SecretsError, type Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import { focusForm, shown } from './focus.ts';
import { useLatest } from './hidden-field.tsx';
import { wayOf } from '../panel/actions.ts';
import type { Sheet } from '../tokens.ts';
import type { Sending } from './sending.ts';

/** What a form can open over itself, to go on afterwards with all that was entered. */
export type Opener = 'unlock' | 'set-up' | 'sign-in';

/** What every form is given. */
export interface FormProps {
  readonly t: Translate;
  readonly kind: Sheet['kind'];
  /** True: completed. False: left. */
  readonly done: (completed: boolean) => void;
  readonly dirty: (is: boolean) => void;
  /** Shows another form over this one. True when that was completed. */
  readonly open: (kind: Opener) => Promise<boolean>;
}

interface FrameProps extends FormProps {
  readonly title: string;
  readonly children?: React.ReactNode;
  /** Absent: there is nothing to send yet. */
  readonly submit?: { readonly label: string; readonly run: () => void } | undefined;
  readonly sending: Sending;
  /** What leaves it; “Cancel” without it. */
  readonly leave?: string;
  /** What is said while it takes long. */
  readonly waiting: string;
  /** Something was entered that would be lost. */
  readonly typed: boolean;
  /** What is wrong and belongs to no field. */
  readonly failure: SecretsError | null;
  /** Another one moves the focus to the first field again. */
  readonly page?: string;
  /** Asks for what the failure was about once more, in a form that has nothing to send. */
  readonly retry?: (() => void) | undefined;
}

/** Title, fields, what went wrong, and the buttons. Enter sends, Escape leaves. */
export function SheetFrame(props: FrameProps): React.ReactElement {
  const { t, title, children, submit, sending, waiting, typed, failure, page = '' } = props;
  const id = React.useId();
  const root = React.useRef<HTMLDivElement>(null);
  const [leaving, setLeaving] = React.useState(false);

  const tellDirty = useLatest(props.dirty);
  React.useEffect(() => tellDirty.current(typed), [tellDirty, typed]);
  const focusFirst = React.useCallback(() => root.current && focusForm(root.current), []);
  React.useEffect(() => void focusFirst(), [focusFirst, page]);
  // The fields say what is wrong only once they are drawn with it.
  React.useEffect(() => {
    if (sending.failure === null && sending.refusals === 0) return;
    const at = shown(root.current, '[aria-invalid="true"]') ?? shown(root.current, '.dls-Sheet-failure button');
    if (at) at.focus();
    else root.current?.querySelector('.dls-Sheet-failure')?.scrollIntoView({ block: 'nearest' });
  }, [sending.failure, sending.refusals]);

  const before = React.useRef<Element | null>(null);
  const leave = (): void => {
    if (sending.busy) sending.stop();
    else if (typed) {
      before.current = document.activeElement;
      setLeaving(true);
    } else props.done(false);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (leaving) stay();
      else leave();
    } else if (event.key === 'Enter' && sends(event)) {
      event.preventDefault();
      event.stopPropagation();
      if (!sending.busy) submit?.run();
    }
  };
  const stay = (): void => {
    setLeaving(false);
    if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    else focusFirst();
  };
  const retry = props.retry ? (['retry'] as const) : [];
  // What this form is for it does itself.
  const offered = [...retry, ...OPENERS.filter((action) => action !== props.kind)];
  const run = useLatest(submit?.run);
  const act = (action: ErrorAction): void => {
    if (action === 'retry') props.retry?.();
    else void openFirst(action as Opener);
  };
  const openFirst = async (kind: Opener): Promise<void> => {
    const sent = sending.failure !== null;
    const opened = await props.open(kind);
    focusFirst();
    // What the user wanted to send before goes on its way now.
    if (opened && sent) (run.current ?? props.retry)?.();
  };

  return (
    <div ref={root} className="dls-Sheet" role="form" aria-labelledby={id} tabIndex={-1} onKeyDown={onKeyDown}>
      <h2 id={id} className="dls-Sheet-title">
        {title}
      </h2>
      {children}
      <Failure t={t} error={failure} act={act} offered={offered} sent={submit !== undefined} />
      <div className="dls-Sheet-progress" role="status">
        {sending.long && waiting}
      </div>
      {leaving ? (
        <Leaving t={t} stay={stay} leave={() => props.done(false)} />
      ) : (
        <div className="dls-Sheet-buttons">
          {submit && (
            <button
              type="button"
              className="dls-Button dls-mod-accept"
              // Not `disabled`: that would take the focus from it.
              aria-disabled={sending.busy}
              aria-busy={sending.busy}
              onClick={() => sending.busy || submit.run()}
            >
              {submit.label}
            </button>
          )}
          {(!sending.busy || sending.long) && (
            <button type="button" className="dls-Button" onClick={leave}>
              {sending.busy ? t('Stop Waiting') : (props.leave ?? t('Cancel'))}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Whether Enter in this element sends the form: not in buttons, nor in a text that has, or is to have, several lines. */
function sends({ target, shiftKey, ctrlKey, metaKey }: React.KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || shiftKey) return false;
  if (ctrlKey || metaKey) return true;
  return target.matches('input, select, textarea:not([data-lines="several"])');
}

const OPENERS = ['unlock', 'set-up', 'sign-in'] as const;

function Failure({
  t,
  error,
  act,
  offered,
  sent,
}: {
  readonly t: Translate;
  readonly error: SecretsError | null;
  readonly act: (action: ErrorAction) => void;
  readonly offered: readonly ErrorAction[];
  readonly sent: boolean;
}): React.ReactElement {
  const { what, advice, actions } = error ? failureText(t, error, sent) : { what: '', advice: '', actions: [] };
  const buttons = offered.filter((action) => action === 'retry' || actions.includes(action));
  return (
    <div className="dls-Sheet-failure" role="alert">
      {error && (
        <>
          <p>
            <strong>{oneLine(what)}</strong> {oneLine(advice)}
          </p>
          {buttons.map((action) => (
            <button key={action} type="button" className="dls-Button" onClick={() => act(action)}>
              {wayOf(t, action)?.label}
            </button>
          ))}
        </>
      )}
    </div>
  );
}

/** What is said of a failure, for a form that still has all that was entered. `sent`: something was. */
export function failureText(
  t: Translate,
  error: SecretsError,
  sent = true,
): { readonly what: string; readonly advice: string; readonly actions: readonly ErrorAction[] } {
  const { what, advice, actions } = explain(error, t);
  const isOpen = error.kind === 'cancelled' || error.details['reason'] === 'unfinished';
  if (!isOpen) return { what, advice, actions };
  return {
    what: error.kind === 'cancelled' ? t('Not waited for any longer.') : what,
    advice: sent ? t('What you entered may have arrived all the same. To send it again does no harm.') : '',
    actions: [],
  };
}

/** The same in one line, beside the field that it is about. */
export function failureLine(t: Translate, error: SecretsError): string {
  const { what, advice } = failureText(t, error);
  return oneLine(`${what} ${advice}`);
}

function Leaving({
  t,
  stay,
  leave,
}: {
  readonly t: Translate;
  readonly stay: () => void;
  readonly leave: () => void;
}): React.ReactElement {
  const id = React.useId();
  const keep = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => keep.current?.focus(), []);
  return (
    <div className="dls-Sheet-leaving" role="alertdialog" aria-labelledby={id}>
      <p id={id}>{t('Throw away what you entered?')}</p>
      <div className="dls-Sheet-buttons">
        <button type="button" className="dls-Button dls-mod-warn" onClick={leave}>
          {t('Throw Away')}
        </button>
        <button ref={keep} type="button" className="dls-Button" onClick={stay}>
          {t('Keep Editing')}
        </button>
      </div>
    </div>
  );
}
