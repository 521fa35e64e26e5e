import { isVariableName } from '../names.ts';
import { all, strings, words, type Finder } from './find.ts';
import { doubleQuoted, JAVASCRIPT, JULIA, POWERSHELL, powerShellQuoted, PYTHON, R } from './literals.ts';
import { findShellVariables } from './shell.ts';
import { writeUri } from './uri.ts';

export interface ReferenceLanguage {
  readonly id: string;
  /** As people call it, for messages. */
  readonly label: string;
  /** What VS Code, JupyterLab and kernels call it, in lower case. */
  readonly languageIds: readonly string[];
  /** Names of files that are in this language when the editor does not know better. */
  readonly files: RegExp;
  /** A reference to `name`; null when the language has no way to say it. */
  write(name: string): string | null;
  /** What `write` needs imported. */
  readonly module?: string;
  /** The reference that asks our package instead of the environment. */
  readonly get?: { write(name: string): string; readonly module: string };
  /** `secret://` only: nothing here reads environment variables, so every name is as good as the other. */
  readonly uriOnly?: true;
  readonly find: Finder;
}

const nothing: Finder = () => [];

/** Names that PowerShell takes between `${env:` and `}` as they are. */
const POWERSHELL_BRACED = /^[\p{L}\p{N}_ ().-]+$/u;

/** One row per language. A new language is a new row here, and its name in the tests' table. */
export const LANGUAGES: readonly ReferenceLanguage[] = [
  {
    id: 'python',
    label: 'Python',
    languageIds: ['python', 'ipython', 'ipython3', 'python3'],
    files: /\.pyw?$/i,
    write: (name) => `os.environ[${doubleQuoted(name)}]`,
    module: 'os',
    get: { write: (name) => `datalayer_secrets.get(${doubleQuoted(name)})`, module: 'datalayer_secrets' },
    find: strings(
      /(?<![\w.])(?:(?:os\.)?environ(?:\[|\.get\()|(?:os\.)?getenv\(|datalayer_secrets\.get\()\s{0,80}/g,
      PYTHON,
    ),
  },
  {
    id: 'r',
    label: 'R',
    languageIds: ['r'],
    files: /\.r$/i,
    write: (name) => `Sys.getenv(${doubleQuoted(name)})`,
    find: strings(/(?<![\w.])Sys\.getenv\(\s{0,80}(?:x\s{0,9}=\s{0,9})?/g, R),
  },
  {
    id: 'julia',
    label: 'Julia',
    languageIds: ['julia'],
    files: /\.jl$/i,
    write: (name) => `ENV[${doubleQuoted(name, '$')}]`,
    find: strings(/(?<!\w)(?:ENV\[|get\(\s{0,80}ENV\s{0,9},)\s{0,80}/g, JULIA),
  },
  {
    id: 'javascript',
    label: 'JavaScript and TypeScript',
    languageIds: ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'],
    files: /\.[cm]?[jt]sx?$/i,
    write: (name) => (isVariableName(name) ? `process.env.${name}` : `process.env[${doubleQuoted(name)}]`),
    find: all(
      words(/(?<![\w$])process\.env\??\.([A-Za-z_$][\w$]*)/g),
      strings(/(?<![\w$])process\.env(?:\?\.)?\[\s{0,80}/g, JAVASCRIPT),
    ),
  },
  {
    id: 'shell',
    label: 'shell scripts',
    languageIds: ['shellscript', 'bash', 'sh', 'zsh', 'shell'],
    files: /(?:\.(?:ba|z)?sh|(?:^|[\\/])\.(?:bash|zsh)(?:rc|_profile|env)|(?:^|[\\/])\.profile)$/i,
    write: (name) => (isVariableName(name) ? `"$${name}"` : null),
    find: findShellVariables,
  },
  {
    id: 'powershell',
    label: 'PowerShell',
    languageIds: ['powershell', 'pwsh'],
    files: /\.psm?1$/i,
    write(name) {
      if (isVariableName(name)) return `$env:${name}`;
      return POWERSHELL_BRACED.test(name)
        ? `\${env:${name}}`
        : `[Environment]::GetEnvironmentVariable(${powerShellQuoted(name)})`;
    },
    find: all(
      words(/\$env:([\p{L}\p{N}_]+)/giu),
      words(/\$\{env:((?:[^`{}\n]|`.){1,600})\}/giu, (name) => name.replace(/`(.)/gu, '$1')),
      strings(/\[(?:System\.)?Environment\]::GetEnvironmentVariable\(\s{0,80}/gi, POWERSHELL),
    ),
  },
  {
    id: 'dotenv',
    label: 'env files',
    languageIds: ['dotenv', 'env'],
    files: /(?:^|[\\/])(?:\.env(?:\.[^\\/]*)?|[^\\/]*\.env)$/i,
    write: writeUri,
    uriOnly: true,
    find: nothing,
  },
  {
    id: 'yaml',
    label: 'YAML',
    languageIds: ['yaml', 'dockercompose', 'github-actions-workflow'],
    files: /\.ya?ml$/i,
    write: writeUri,
    uriOnly: true,
    find: nothing,
  },
  {
    id: 'json',
    label: 'JSON',
    languageIds: ['json', 'jsonc', 'json5'],
    files: /\.(?:jsonc?|json5|code-workspace)$/i,
    write: writeUri,
    uriOnly: true,
    find: nothing,
  },
];
