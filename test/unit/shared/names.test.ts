import { describe, expect, it } from 'vitest';
import {
  descriptionProblem,
  guessType,
  isVariableName,
  MAX_DESCRIPTION_LENGTH,
  nameProblem,
  nameWarning,
  valueNotes,
  valueProblem,
} from '../../../shared/src/names.ts';
import { isNeverExported, NEVER_EXPORTED } from '../../../shared/src/never-exported.ts';
import { SecretValue } from '../../../shared/src/secret.ts';

describe('the name of a secret', () => {
  it.each([
    'OPENAI_API_KEY',
    'a',
    'mcp:01KA',
    'with-hyphen',
    'with blank',
    'naïve',
    '日本',
    'x'.repeat(255),
    '😀'.repeat(255),
  ])('may be %s', (name) => {
    expect(nameProblem(name)).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['a\nb', 'control-characters'],
    ['a\0', 'control-characters'],
    ['a\u0085', 'control-characters'],
    ['a\u2028', 'control-characters'],
    ['user\u202eyek', 'control-characters'],
    ['half\ud800', 'control-characters'],
    ['x'.repeat(256), 'too-long'],
  ])('cannot be %j: %s', (name, kind) => {
    expect(nameProblem(name)?.kind).toBe(kind);
  });

  it('is told with its length and the limit when it is too long', () => {
    expect(nameProblem('x'.repeat(300))?.message).toBe('The name has 300 characters; at most 255 are possible.');
  });

  it('is a duplicate only when every letter is the same', () => {
    expect(nameProblem('A', ['B', 'A'])).toMatchObject({
      kind: 'duplicate',
      message: 'A secret named A exists already.',
    });
    expect(nameProblem('A', new Set(['a', 'AA']))).toBeNull();
  });

  it('reaches a translator with its template and numbers apart', () => {
    const calls: unknown[] = [];
    nameProblem('x'.repeat(300), [], (template, values) => (calls.push([template, values]), ''));
    expect(calls).toEqual([
      ['The name has {length} characters; at most {limit} are possible.', { length: 300, limit: 255 }],
    ]);
  });
});

describe('a variable name', () => {
  it.each(['A', '_', 'a1', 'OPENAI_API_KEY'])('is %s', (name) => {
    expect(isVariableName(name)).toBe(true);
    expect(nameWarning(name)).toBeNull();
  });

  it.each(['', '1A', 'a-b', 'a b', 'é', 'a\n', 'a.b', 'mcp:x'])('is not %j, which is said', (name) => {
    expect(isVariableName(name)).toBe(false);
    expect(nameWarning(name)?.kind).toBe('not-a-variable');
  });
});

describe('names that are never exported', () => {
  // prettier-ignore
  it.each([
    'PATH', 'Path', 'HOME', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES', 'PYTHONPATH', 'PYTHONSTARTUP', 'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS', 'BASH_ENV', 'ENV', 'IFS', 'SHELLOPTS', 'PERL5LIB', 'RUBYOPT', 'JAVA_TOOL_OPTIONS', 'GIT_SSH', 'GIT_SSH_COMMAND',
    'GIT_CONFIG_COUNT', 'http_proxy', 'HTTPS_PROXY', 'All_Proxy', 'NO_PROXY', 'SSL_CERT_FILE', 'JPY_API_TOKEN', 'JUPYTER_TOKEN',
    'JUPYTERHUB_API_TOKEN', 'DATALAYER_SECRETS_TOKEN', 'DATALAYER_IAM_URL', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'VSCODE_IPC_HOOK',
    'R_PROFILE_USER', 'JULIA_LOAD_PATH', 'CLASSPATH', 'npm_config_script_shell', 'BASH_FUNC_ls', 'comspec', 'PSModulePath', 'GLIBC_TUNABLES',
  ])('include %s, with a warning', (name) => {
    expect(isNeverExported(name)).toBe(true);
    expect(nameWarning(name)).toMatchObject({ kind: 'never-exported' });
  });

  // prettier-ignore
  it.each([
    'OPENAI_API_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_DEFAULT_REGION', 'GOOGLE_APPLICATION_CREDENTIALS', 'GITHUB_TOKEN',
    'GIT_TOKEN', 'GIT_PASSWORD', 'NODE_AUTH_TOKEN', 'NPM_TOKEN', 'RUBYGEMS_API_KEY', 'PIP_INDEX_URL', 'CONDA_TOKEN', 'DATALAYER_API_KEY', 'HF_TOKEN',
    'DATABASE_URL', 'PROXY', 'HOMEPAGE', 'PATHS', 'ENVIRONMENT', 'SSH_PRIVATE_KEY', 'AZURE_CLIENT_SECRET', 'SPLUNK_TOKEN',
  ])('leave %s alone', (name) => {
    expect(isNeverExported(name)).toBe(false);
  });

  it('are written as the comparison needs them: upper case, once, nothing that a prefix covers', () => {
    const { names, prefixes, suffixes } = NEVER_EXPORTED;
    const all = [...names, ...prefixes, ...suffixes];
    expect(all.filter((entry) => !/^[A-Z0-9_]+$/.test(entry))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
    expect(names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))).toEqual([]);
  });

  it('fold ASCII letters only, so that Python can do the same', () => {
    expect(isNeverExported('BA\u017fH_ENV')).toBe(false); // ſ, whose upper case is S
  });
});

describe('a description', () => {
  it('may have line breaks and be empty, and is counted in characters', () => {
    expect(descriptionProblem('')).toBeNull();
    expect(descriptionProblem('two\nlines\tand a tab')).toBeNull();
    expect(descriptionProblem('😀'.repeat(MAX_DESCRIPTION_LENGTH))).toBeNull();
    expect(descriptionProblem('x'.repeat(MAX_DESCRIPTION_LENGTH + 1))).toMatchObject({ length: 4097, limit: 4096 });
    expect(descriptionProblem('bell\u0007')?.message).toContain('control characters');
  });
});

describe('a value', () => {
  it('is counted in bytes of UTF-8, and the message holds both numbers', () => {
    expect(valueProblem('😀'.repeat(16_384))).toBeNull();
    expect(valueProblem(new SecretValue('x'.repeat(65_536)))).toBeNull();
    expect(valueProblem('😀'.repeat(16_384) + 'x')).toEqual({
      bytes: 65_537,
      limit: 65_536,
      message: 'The value has 65537 bytes; at most 65536 are possible.',
    });
  });

  it('with half of a character is refused rather than altered', () => {
    expect(valueProblem('a\ud83d')?.message).toContain('half of a character');
  });

  it.each([
    ['', ['The value is empty.']],
    ['abc', []],
    ['abc\n', ['Ends with a line break.']],
    [' abc\t', ['Begins with a blank.', 'Ends with a blank.']],
    ['\r\na', ['Begins with a line break.', 'Has Windows line ends (CRLF).']],
    ['a\u00a0', ['Ends with a blank.']],
    ['\ufeffa', ['Begins with a byte order mark.']],
    ['a\0b', ['Holds a NUL character, so it is never set as an environment variable.']],
    ['x'.repeat(32_001), ['Is longer than 32000 bytes, so it is never set as an environment variable.']],
  ])('says what is easily overlooked in %j', (text, notes) => {
    expect(valueNotes(text)).toEqual(notes);
  });
});

describe('the likely type', () => {
  it.each([
    ['OPENAI_API_KEY', undefined, 'key'],
    ['AWS_SECRET_ACCESS_KEY', undefined, 'key'],
    ['GITHUB_TOKEN', undefined, 'token'],
    ['DB_PASSWORD', undefined, 'password'],
    ['ssh-key-passphrase', undefined, 'password'],
    ['myApiKey', undefined, 'key'],
    ['githubToken', undefined, 'token'],
    ['KEYBOARD', undefined, 'generic'],
    ['constructor', undefined, 'generic'],
    ['THING', undefined, 'generic'],
    ['THING', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'key'],
    ['THING', 'ghp_abcdefghijklmnop', 'token'],
    ['THING', 'sk-proj-abc', 'key'],
    ['THING', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.sig', 'token'],
    ['THING', 'hunter2', 'generic'],
  ])('of %s (%s) is %s', (name, value, type) => {
    expect(guessType(name, value)).toBe(type);
  });
});
