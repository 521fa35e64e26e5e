import { generatePassword, oneLine, type Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import { Field, tiedTo } from './field.tsx';
import { tie, useLatest } from './hidden-field.tsx';
import { NO_VALUE, sizeText, ValueEntry, type ValueAbout } from './value-entry.ts';
import { chooseFile, readValueFile } from './value-file.ts';

interface ValueFieldProps {
  readonly t: Translate;
  readonly label: string;
  readonly hint: string;
  /** Where the form finds the value. */
  readonly entry: React.MutableRefObject<ValueEntry | null>;
  /** What stands in it at first; read once. */
  readonly initial?: (() => string) | undefined;
  /** What it is now, but for the value. */
  readonly onChange: (about: ValueAbout) => void;
  /** Why it was refused. */
  readonly error: string | null;
  readonly readOnly: boolean;
}

/**
 * The value: typed or pasted, masked, on one line or several; generated; or the text of a file, chosen or dropped. Enter sends
 * it until it has several lines, or is to have them; then Enter begins a line.
 */
export function ValueField(props: ValueFieldProps): React.ReactElement {
  const { t, label, entry, initial, error, readOnly } = props;
  const id = React.useId();
  const host = React.useRef<HTMLDivElement>(null);
  const ways = React.useRef<HTMLDivElement>(null);
  const [about, setAbout] = React.useState(NO_VALUE);
  const [wantsLines, setWantsLines] = React.useState(false);
  const [fileProblem, setFileProblem] = React.useState<string | null>(null);
  const [dropping, setDropping] = React.useState(false);
  const language = usedLanguage();

  const changed = useLatest(() => {
    if (!entry.current) return;
    const now = entry.current.about(t);
    setFileProblem(null);
    setAbout(now);
    props.onChange(now);
  });
  const start = useLatest(initial);
  React.useLayoutEffect(() => {
    const made = new ValueEntry(host.current as HTMLDivElement, () => changed.current());
    entry.current = made;
    const text = start.current?.() ?? '';
    if (text !== '') {
      made.box.set(text);
      changed.current();
    }
    return () => {
      entry.current = null;
      made.dispose();
    };
  }, [entry, changed, start]);

  const isFile = about.source?.kind === 'file';
  const severalLines = wantsLines || (about.lines > 1 && !isFile);
  const texts = {
    label,
    hint: severalLines && !isFile ? t('Enter begins a new line; Ctrl+Enter sends.') : props.hint,
    aside: sizeText(t, about, language),
    note: about.notes.join(' '),
    error: about.problem ?? fileProblem ?? error,
  };
  React.useLayoutEffect(() => {
    if (!entry.current) return;
    tie(entry.current.box, { ...tiedTo(id, texts), readOnly });
    const { element } = entry.current.box;
    // What is hidden loses the focus, and with it the keys of the form.
    if (isFile && document.activeElement === element) ways.current?.querySelector('button')?.focus();
    element.toggleAttribute('hidden', isFile);
    element.dataset['lines'] = severalLines ? 'several' : 'one';
    // A line break at the end makes a second, empty line: with one row the text would be out of sight.
    (element as HTMLTextAreaElement).rows = severalLines ? 6 : about.endsLine ? 2 : 1;
  });

  const take = async (file: File): Promise<void> => {
    const read = await readValueFile(t, file, language);
    if (!entry.current) return; // the form was left meanwhile
    if ('problem' in read) setFileProblem(read.problem);
    else {
      entry.current.hold(read.text, file.name);
      changed.current();
    }
  };
  const act = (change: (value: ValueEntry) => void) => () => {
    if (!entry.current || readOnly) return;
    change(entry.current);
    changed.current();
    if (!entry.current.holdsFile) entry.current.box.element.focus();
  };
  const onDrag = (event: React.DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    setDropping(event.type === 'dragover' && !readOnly);
    const [file] = event.type === 'drop' ? event.dataTransfer.files : [];
    if (file && !readOnly) void take(file);
  };

  return (
    <div
      className={dropping ? 'dls-Value dls-mod-dropping' : 'dls-Value'}
      onDragOver={onDrag}
      onDragLeave={onDrag}
      onDrop={onDrag}
    >
      <Field id={id} {...texts}>
        <div ref={host} />
        {about.source?.kind === 'file' && <p className="dls-Value-file">{fileText(t, about.source.name)}</p>}
      </Field>
      <div ref={ways} className="dls-Value-ways" role="group" aria-label={t('Other ways to enter it')}>
        {isFile ? (
          <Way onClick={act((value) => value.letGo())}>{t('Remove File')}</Way>
        ) : (
          <Way pressed={severalLines} disabled={about.lines > 1} onClick={() => setWantsLines(!wantsLines)}>
            {t('Several Lines')}
          </Way>
        )}
        <Way onClick={() => readOnly || chooseFile(document, (file) => void take(file))}>{t('From File…')}</Way>
        <Way onClick={act((value) => value.generate(generatePassword()))}>{t('Generate')}</Way>
        {about.loose && <Way onClick={act((value) => value.trim())}>{t('Trim Blanks and Line Breaks')}</Way>}
      </div>
    </div>
  );
}

function fileText(t: Translate, name: string): string {
  return t('The text of {file}', { file: oneLine(name) });
}

function Way({
  pressed,
  ...props
}: { readonly pressed?: boolean } & React.ButtonHTMLAttributes<HTMLButtonElement>): React.ReactElement {
  return <button type="button" className="dls-Value-way" aria-pressed={pressed} {...props} />;
}

/** The language of the page, which JupyterLab sets. */
function usedLanguage(): string {
  return document.documentElement.lang || 'en';
}
