import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = path.join(import.meta.dirname, '../../../extension');
const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const text = read('package.json');
const manifest = JSON.parse(text) as {
  activationEvents: unknown[];
  contributes: {
    commands: { command: string; title: string; icon?: string }[];
    menus: Record<string, { command: string; when: string }[]>;
    keybindings: { command: string }[];
    viewsWelcome: { contents: string; when: string }[];
    configurationDefaults: { 'remote.portsAttributes': Record<string, unknown> };
    configuration: { properties: Record<string, { scope: string }> };
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};
const { commands, menus, keybindings, viewsWelcome, configuration, configurationDefaults } = manifest.contributes;
const nls = JSON.parse(read('package.nls.json')) as Record<string, string>;
/** All TypeScript below a folder of the extension, as one text. */
const code = (under: string): string =>
  readdirSync(path.join(folder, under), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(path.join(under, name)))
    .join('\n');
const sources = code('src');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const matches = (pattern: RegExp, where: string): string[] =>
  [...where.matchAll(pattern)].map(([, found]) => found ?? '');

describe('the manifest', () => {
  it('wakes the extension by nothing but what it contributes', () => {
    expect(manifest.activationEvents).toEqual([]);
  });

  it('declares each command once, and each one it uses', () => {
    const declared = commands.map(({ command }) => command);
    expect(declared).toEqual([...new Set(declared)]);
    const inMenus = Object.values(menus).flat();
    const used = [...inMenus, ...keybindings].map(({ command }) => command);
    const linked = matches(/command:(datalayerSecrets\.\w+)/g, Object.values(nls).join('\n'));
    expect(declared).toEqual(expect.arrayContaining([...used, ...linked]));
  });

  it('declares the commands that the code has, and no others', () => {
    const ids = matches(/^ {2}id: '(\w+)',$/gm, code('src/commands')).map((id) => `datalayerSecrets.${id}`);
    expect(sorted(ids)).toEqual(sorted(commands.map(({ command }) => command)));
  });

  it('knows the commands that the code calls', () => {
    const called = matches(/'(datalayerSecrets\.\w+)'/g, sources).filter((id) => id !== 'datalayerSecrets.secrets');
    expect(commands.map(({ command }) => command)).toEqual(expect.arrayContaining(called));
  });

  it('reads the context keys that the code sets, and no others', () => {
    const whens = [...Object.values(menus).flat(), ...keybindings, ...viewsWelcome].map(
      (entry) => (entry as { when?: string }).when ?? '',
    );
    const read = matches(/datalayerSecrets\.(\w+)/g, whens.join('\n')).filter((key) => key !== 'secrets');
    expect(sorted(read)).toEqual(sorted(matches(/new ContextKey<.*>\('(\w+)'\)/g, sources)));
  });

  it('has a welcome view for each state without rows, and for no other; one of them before the extension runs', () => {
    const states = viewsWelcome.flatMap(({ when }) =>
      /state (?:==|=~) (?:\/\^\()?([\w|]+)/.exec(when)?.[1]?.split('|'),
    );
    expect(sorted(states.map(String))).toEqual([
      'closed',
      'empty',
      'first',
      'loading',
      'locked',
      'noMatch',
      'signedOut',
      'unknown',
    ]);
    expect(viewsWelcome.filter(({ when }) => when.startsWith('!datalayerSecrets.state ||'))).toHaveLength(1);
  });

  it('reads the settings that it declares, and lets no workspace choose where a token goes', () => {
    const declared = Object.keys(configuration.properties);
    const read = matches(/getConfiguration\('datalayerSecrets'[^)]*\)\s*\.get(?:<[^>]*>)?\(\s*'(\w+)'/g, sources);
    expect(sorted(read.map((name) => `datalayerSecrets.${name}`))).toEqual(sorted(declared));
    expect(configuration.properties['datalayerSecrets.origin']?.scope).toBe('application');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain('datalayerSecrets.origin');
  });

  it('lets remote windows forward no port of the service', () => {
    const [[pattern, attributes] = ['', {}]] = Object.entries(configurationDefaults['remote.portsAttributes']);
    expect(attributes).toEqual({ onAutoForward: 'ignore' });
    expect('/usr/bin/node /home/ada/.vscode/extensions/x/dist/service/service.cjs serve').toMatch(new RegExp(pattern));
    expect('Code.exe C:\\x\\dist\\service\\service.cjs serve').toMatch(new RegExp(pattern));
    expect('node /home/ada/project/service.cjs').not.toMatch(new RegExp(pattern));
  });

  it('has every text it names, and names every text it has', () => {
    expect(sorted(matches(/"%([\w.]+)%"/g, text))).toEqual(sorted(Object.keys(nls)));
  });
});
