import { SecretsError } from '../errors.ts';
import { isVariableName, nameProblem } from '../names.ts';
import { isNeverExported } from '../never-exported.ts';
import { inEnglish, type Translate } from '../text.ts';
import { MAX_FOUND, type FoundReference } from './find.ts';
import { LANGUAGES, type ReferenceLanguage } from './languages.ts';
import { importEdit, importOffset, importsModule } from './python-imports.ts';
import { findUris, writeUri } from './uri.ts';

export type { FoundReference, ReferenceLanguage };

export interface ReferenceImport {
  /** `import os`, without a line break. */
  readonly line: string;
  isPresent(text: string): boolean;
  /** Offset where the line may go so that the text stays valid: the start of a line, unless the text ends before. */
  insertAt(text: string): number;
  /** The same as an edit, with the line breaks it needs. */
  edit(text: string): { offset: number; text: string };
}

export interface WrittenReference {
  /** Empty when the language cannot say the name; `hint` then says why. */
  readonly text: string;
  readonly import: ReferenceImport | null;
  /** What the user should know, in a sentence or two; null when there is nothing to say. */
  readonly hint: string | null;
}

/** The language of a document, by the editor's language id, else by its file name; null where references are unknown. */
export function languageFor(languageId: string, fileName = ''): ReferenceLanguage | null {
  const id = languageId.toLowerCase();
  const envFile = LANGUAGES.find((row) => row.id === 'dotenv' && row.files.test(fileName));
  return (
    envFile ?? // editors call these plain text, properties or shell script
    LANGUAGES.find((row) => row.languageIds.includes(id)) ??
    LANGUAGES.find((row) => row.files.test(fileName)) ??
    null
  );
}

/** IPython's cell magics that hold another language, and which one. https://ipython.readthedocs.io/en/stable/interactive/magics.html */
const CELL_MAGIC = /^\s*%%(\w+)(?:[ \t]+(\S+))?/;
const PYTHON_MAGICS = /^(?:time|timeit|capture|prun|debug|python|python3|pypy|memit|mprun|lprun|scalene)$/;

/** The language of a notebook cell: a first line such as `%%bash` changes it. Null where references are unknown. */
export function languageInCell(languageId: string, text: string): ReferenceLanguage | null {
  const language = languageFor(languageId);
  const [, magic, argument] = (language?.id === 'python' && CELL_MAGIC.exec(text)) || [];
  if (magic === undefined || PYTHON_MAGICS.test(magic)) return language;
  const name = magic === 'script' ? (argument ?? '') : magic;
  return /^j(?:ava)?s/i.test(name) ? null : languageFor(name); // %%javascript runs in the page, which has no environment
}

export interface WriteOptions {
  /** `get`: ask our Python package instead of the environment. */
  readonly style?: 'environment' | 'get';
  readonly translate?: Translate;
}

/**
 * The text that stands for the value of the secret `name`. A name that cannot be an environment variable is written
 * as a question to our package where the language has it.
 *
 * @throws SecretsError `invalid` for a name that no secret can have: control characters would change the code around it.
 */
export function writeReference(
  language: ReferenceLanguage,
  name: string,
  options: WriteOptions = {},
): WrittenReference {
  const { style = 'environment', translate = inEnglish } = options;
  const problem = nameProblem(name, [], translate);
  if (problem) throw new SecretsError('invalid', problem.message);
  if (language.uriOnly) return { text: writeUri(name), import: null, hint: null };

  const usable = isVariableName(name) && !isNeverExported(name);
  if (language.get && (style === 'get' || !usable)) {
    const hint = usable
      ? null
      : translate(
          'No environment variable of this name is set from a secret: the reference asks the package datalayer_secrets for it.',
          {},
        );
    return { text: language.get.write(name), import: importOf(language.get.module), hint };
  }
  const text = language.write(name);
  if (text === null) {
    const hint = translate(
      'In {language} no variable can have this name. Choose a name of letters, digits and underscores.',
      { language: language.label },
    );
    return { text: '', import: null, hint };
  }
  const hint = usable
    ? null
    : translate(
        'No environment variable of this name is set from a secret. Choose another name for use in {language}.',
        { language: language.label },
      );
  return { text, import: language.module ? importOf(language.module) : null, hint };
}

function importOf(module: string): ReferenceImport {
  const line = `import ${module}`;
  return {
    line,
    isPresent: (text) => importsModule(text, module),
    insertAt: importOffset,
    edit: (text) => importEdit(text, line),
  };
}

/** Every reference in the text, in order, without overlaps; in linear time, at most 10,000. */
export function findReferences(language: ReferenceLanguage, text: string): FoundReference[] {
  const found = [...take(language.find(text)), ...take(findUris(text))].sort((a, b) => a.start - b.start);
  const apart: FoundReference[] = [];
  for (const reference of found) {
    if (reference.start >= (apart.at(-1)?.end ?? 0) && apart.length < MAX_FOUND) apart.push(reference);
  }
  return apart;
}

function* take(references: Iterable<FoundReference>): Generator<FoundReference> {
  let left = MAX_FOUND;
  for (const reference of references) {
    yield reference;
    if (--left === 0) return;
  }
}
