import * as React from 'react';

interface SwitchProps {
  /** What it is for, also where it is not written beside it. */
  readonly label: string;
  readonly title?: string;
  readonly on: boolean;
  /** Sets it; until this resolves nothing else does. */
  readonly set: (on: boolean) => Promise<unknown>;
  readonly tabIndex?: number;
  readonly children?: React.ReactNode;
}

/** Something that is on or off, at once. */
export function Switch({ label, title, on, set, tabIndex = 0, children }: SwitchProps): React.ReactElement {
  const [busy, setBusy] = React.useState(false);
  const there = React.useRef(true);
  React.useEffect(() => {
    there.current = true;
    return () => void (there.current = false);
  }, []);
  const turn = async (): Promise<void> => {
    setBusy(true);
    await set(!on);
    if (there.current) setBusy(false);
  };
  return (
    <button
      type="button"
      role="switch"
      className="dls-Switch"
      aria-checked={on}
      aria-label={label}
      // Not `disabled`: that would take the focus from it.
      aria-disabled={busy || undefined}
      title={title ?? label}
      tabIndex={tabIndex}
      onClick={(event) => {
        event.stopPropagation();
        if (!busy) void turn();
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <span className="dls-Switch-track" aria-hidden="true" />
      {children}
    </button>
  );
}
