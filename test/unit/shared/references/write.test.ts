import { execFileSync, spawnSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { languageFor, writeReference, type ReferenceLanguage } from '../../../../shared/src/index.ts';

function language(id: string): ReferenceLanguage {
  const found = languageFor(id);
  if (!found) throw new Error(`no row for ${id}`);
  return found;
}

const write = (id: string, name: string, style?: 'environment' | 'get') =>
  writeReference(language(id), name, style ? { style } : {});

describe('a reference in each language', () => {
  it.each([
    ['python', 'API_KEY', 'os.environ["API_KEY"]'],
    ['r', 'API_KEY', 'Sys.getenv("API_KEY")'],
    ['julia', 'API_KEY', 'ENV["API_KEY"]'],
    ['javascript', 'API_KEY', 'process.env.API_KEY'],
    ['typescriptreact', 'API_KEY', 'process.env.API_KEY'],
    ['shellscript', 'API_KEY', '"$API_KEY"'],
    ['powershell', 'API_KEY', '$env:API_KEY'],
    ['dotenv', 'API_KEY', 'secret://API_KEY'],
    ['yaml', 'API_KEY', 'secret://API_KEY'],
    ['jsonc', 'API_KEY', 'secret://API_KEY'],
  ])('%s writes %s as %s, without a hint', (id, name, text) => {
    expect(write(id, name)).toMatchObject({ text, hint: null });
  });

  it.each([
    ['python', 'my key', 'datalayer_secrets.get("my key")'],
    ['python', 'a"b\\c', 'datalayer_secrets.get("a\\"b\\\\c")'],
    ['r', 'my-key', 'Sys.getenv("my-key")'],
    ['julia', 'cost$', 'ENV["cost\\$"]'],
    ['javascript', 'my-key', 'process.env["my-key"]'],
    ['powershell', 'my-key', '${env:my-key}'],
    ['powershell', "it's {1}", "[Environment]::GetEnvironmentVariable('it''s {1}')"],
    ['shellscript', 'my-key', ''],
  ])('%s writes the unusual name %s as %s, and says what that means', (id, name, text) => {
    const written = write(id, name);
    expect(written.text).toBe(text);
    expect(written.hint).toMatch(/\w+ .*\.$/);
  });

  it.each([
    ['my key', 'secret://my%20key'],
    ["it's", 'secret://it%27s'],
    ['a/b#c', 'secret://a%2Fb%23c'],
    ['clé', 'secret://cl%C3%A9'],
    ['v1.', 'secret://v1%2E'],
  ])('outside code, %s is written as %s without a hint, because no variable is involved', (name, text) => {
    expect(write('yaml', name)).toEqual({ text, import: null, hint: null });
  });

  it('a name that processes never get from a secret is asked for by name in Python and hinted at elsewhere', () => {
    expect(write('python', 'PATH')).toMatchObject({ text: 'datalayer_secrets.get("PATH")' });
    for (const id of ['python', 'r', 'javascript', 'shellscript', 'powershell'])
      expect(write(id, 'PATH').hint).not.toBeNull();
  });

  it('Python can be told to ask our package for every name', () => {
    const written = write('python', 'API_KEY', 'get');
    expect(written).toMatchObject({ text: 'datalayer_secrets.get("API_KEY")', hint: null });
    expect(written.import?.line).toBe('import datalayer_secrets');
    expect(write('r', 'API_KEY', 'get').text).toBe('Sys.getenv("API_KEY")');
  });

  it('only Python needs an import', () => {
    expect(write('python', 'API_KEY').import?.line).toBe('import os');
    expect(write('r', 'API_KEY').import).toBeNull();
  });

  it.each(['', 'a\nb', 'a\0b', 'a\u202eb', '\ud800'])('the name %j is refused in every language', (name) => {
    for (const id of ['python', 'shellscript', 'yaml']) {
      expect(() => write(id, name)).toThrow(expect.objectContaining({ kind: 'invalid' }) as Error);
    }
  });

  it('hints go through the translation', () => {
    const translate = (template: string) => `«${template}»`;
    expect(writeReference(language('python'), 'a b', { translate }).hint).toMatch(/^«/);
  });
});

describe('what is written, read by the language itself', () => {
  const names = [
    'API_KEY',
    'a b',
    `q"'\``,
    'back\\slash\\',
    '$HOME ${x} $(x)',
    '{braces}',
    'clé',
    '日本',
    '😀',
    '#c // /* %',
    '\\u0041',
    'é\\',
  ];

  it('Python reads every name as it is', () => {
    const sources = names.map((name) => write('python', name, 'get').text);
    const script = `
import ast, json, sys
calls = [ast.parse(source, mode="eval").body for source in json.load(sys.stdin)]
print(json.dumps([call.args[0].value for call in calls]))`;
    const answer = execFileSync('python3', ['-I', '-c', script], { input: JSON.stringify(sources), encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual(names);
  });

  it('JavaScript reads every name as it is', () => {
    for (const name of names) {
      const process = { env: { [name]: 'found' } };
      expect(runInNewContext(write('javascript', name).text, { process })).toBe('found');
    }
  });

  it('a shell reads a value with blanks and stars as one word', () => {
    const { stdout } = spawnSync('/bin/sh', ['-c', `printf '<%s>' ${write('shellscript', 'API_KEY').text}`], {
      env: { API_KEY: 'a  * b' },
      encoding: 'utf8',
    });
    expect(stdout).toBe('<a  * b>');
  });

  it('JSON and YAML hold every uri between quotes or bare', () => {
    for (const name of names) {
      const { text } = write('json', name);
      expect(JSON.parse(`"${text}"`)).toBe(text);
      expect(text).toMatch(/^secret:\/\/[\w~.%-]+$/);
      expect(decodeURIComponent(text.slice('secret://'.length))).toBe(name);
    }
  });
});

describe('which language a document is in', () => {
  it.each([
    ['python', 'x.ipynb', 'python'],
    ['R', '', 'r'],
    ['shellscript', 'run.sh', 'shell'],
    ['plaintext', '/home/me/project/.env', 'dotenv'],
    ['properties', 'C:\\project\\.env.local', 'dotenv'],
    ['shellscript', 'prod.env', 'dotenv'],
    ['plaintext', 'deploy.yml', 'yaml'],
    ['', 'analysis.jl', 'julia'],
    ['typescript', 'environment.ts', 'javascript'],
    ['jsonc', '.vscode/launch.json', 'json'],
  ])('%s %s is %s', (id, file, expected) => {
    expect(languageFor(id, file)?.id).toBe(expected);
  });

  it('a language without a row has none', () => {
    expect(languageFor('cobol', 'x.cob')).toBeNull();
    expect(languageFor('plaintext')).toBeNull();
  });
});
