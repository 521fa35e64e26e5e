import * as React from 'react';

import { Field, tiedTo, type FieldTexts } from './field.tsx';
import { HiddenBox } from './hidden-box.ts';

interface HiddenFieldProps extends FieldTexts {
  /** Where the form finds the box. */
  readonly box: React.MutableRefObject<HiddenBox | null>;
  readonly onChange: () => void;
  readonly readOnly: boolean;
}

/** A masked line for a passphrase or a token. */
export function HiddenField({ box, onChange, readOnly, ...texts }: HiddenFieldProps): React.ReactElement {
  const id = React.useId();
  const host = React.useRef<HTMLDivElement>(null);
  const changed = useLatest(onChange);
  React.useLayoutEffect(() => {
    const made = new HiddenBox(host.current as HTMLDivElement, 'input', () => changed.current());
    box.current = made;
    return () => {
      box.current = null;
      made.dispose();
    };
  }, [box, changed]);
  React.useLayoutEffect(() => tie(box.current, { ...tiedTo(id, texts), readOnly }));
  return (
    <Field id={id} {...texts}>
      <div ref={host} />
    </Field>
  );
}

/** What React does for its own elements. */
export function tie(
  box: HiddenBox | null,
  { readOnly, ...attributes }: ReturnType<typeof tiedTo> & { readonly readOnly: boolean },
): void {
  if (!box) return;
  box.element.readOnly = readOnly;
  for (const name of ['id', 'aria-describedby', 'aria-invalid'] as const) {
    const text = attributes[name];
    if (text === undefined) box.element.removeAttribute(name);
    else box.element.setAttribute(name, String(text));
  }
}

/** The newest of what was given, for those who were made with an older one. */
export function useLatest<T>(value: T): React.MutableRefObject<T> {
  const latest = React.useRef(value);
  latest.current = value;
  return latest;
}
