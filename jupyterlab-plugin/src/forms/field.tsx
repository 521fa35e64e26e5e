import * as React from 'react';

export interface FieldTexts {
  readonly label: string;
  /** What the field is for. */
  readonly hint?: string | null | undefined;
  /** Facts that change with each letter, so they are not spoken by themselves. */
  readonly aside?: string | null | undefined;
  /** What should be known of what stands in it. */
  readonly note?: string | null | undefined;
  /** Why it cannot be taken. */
  readonly error?: string | null | undefined;
}

/** A label, a control, and what is said of it. The control has the id `id` and is described by `describedBy(id, …)`. */
export function Field({
  id,
  label,
  children,
  ...said
}: FieldTexts & { readonly id: string; readonly children: React.ReactNode }): React.ReactElement {
  return (
    <div className="dls-Field">
      <label className="dls-Field-label" htmlFor={id}>
        {label}
      </label>
      {children}
      <Said id={id} {...said} />
    </div>
  );
}

/** What is said of a control. The places of note and error are always there, so that what appears in them is spoken. */
export function Said({
  id,
  hint,
  aside,
  note,
  error,
}: Omit<FieldTexts, 'label'> & { readonly id: string }): React.ReactElement {
  return (
    <>
      {hint && (
        <p id={`${id}-hint`} className="dls-Field-hint">
          {hint}
        </p>
      )}
      {aside && (
        <p id={`${id}-aside`} className="dls-Field-hint">
          {aside}
        </p>
      )}
      <p id={`${id}-note`} className="dls-Field-note" role="status">
        {note}
      </p>
      <p id={`${id}-error`} className="dls-Field-error" role="alert">
        {error}
      </p>
    </>
  );
}

/** The attributes that tie a control to what is said of it. */
export function tiedTo(
  id: string,
  { hint, aside, note, error }: Omit<FieldTexts, 'label'>,
): { readonly id: string; readonly 'aria-describedby'?: string; readonly 'aria-invalid'?: true } {
  const parts = [error && `${id}-error`, note && `${id}-note`, aside && `${id}-aside`, hint && `${id}-hint`].filter(
    Boolean,
  );
  return {
    id,
    ...(parts.length > 0 && { 'aria-describedby': parts.join(' ') }),
    ...(error && { 'aria-invalid': true }),
  };
}

interface TextFieldProps extends FieldTexts {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
  /** Room for several lines; Enter still sends, with Shift it begins a new line. */
  readonly lines?: number;
  readonly readOnly: boolean;
}

/** A field for what everybody may see. */
export function TextField({
  text,
  onChange,
  placeholder,
  lines,
  readOnly,
  ...texts
}: TextFieldProps): React.ReactElement {
  const id = React.useId();
  const control = {
    ...tiedTo(id, texts),
    className: 'jp-mod-styled',
    value: text,
    placeholder,
    readOnly,
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.target.value),
  };
  return (
    <Field id={id} {...texts}>
      {lines === undefined ? <input type="text" {...control} /> : <textarea rows={lines} {...control} />}
    </Field>
  );
}
