// @vitest-environment jsdom
import '../setup.ts';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../../jupyterlab-plugin/src/tokens.ts';

const plugin = path.join(import.meta.dirname, '../../../../jupyterlab-plugin');
const trans = nullTranslator.load('');

interface Use {
  readonly command: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Schema {
  readonly 'jupyter.lab.menus': {
    readonly main: readonly { readonly items: readonly Partial<Use>[] }[];
    readonly context: readonly Partial<Use>[];
  };
  readonly 'jupyter.lab.toolbars': Readonly<Record<string, readonly Use[]>>;
  readonly 'jupyter.lab.shortcuts': readonly (Use & {
    readonly keys: readonly string[];
    readonly macKeys: readonly string[];
  })[];
  readonly properties: Readonly<
    Record<string, { readonly title: string; readonly description: string; readonly default: unknown }>
  >;
}

const schemas = readdirSync(path.join(plugin, 'schema')).map(
  (name) => JSON.parse(readFileSync(path.join(plugin, 'schema', name), 'utf8')) as Schema,
);

function usesIn(schema: Schema): Use[] {
  const { main, context } = schema['jupyter.lab.menus'];
  const items = [...main.flatMap(({ items: inMenu }) => inMenu), ...context];
  const toolbars = Object.values(schema['jupyter.lab.toolbars']).flat();
  return [...items, ...toolbars, ...schema['jupyter.lab.shortcuts']].filter(
    (use): use is Use => use.command !== undefined,
  );
}

describe('the commands of JupyterLab', async () => {
  const { ALL } = await import('../../../../jupyterlab-plugin/src/commands/index.ts');
  const { default: plugins } = await import('../../../../jupyterlab-plugin/src/index.ts');

  it('are those that everybody refers to, each once', () => {
    expect(ALL.map(({ id }) => id).sort()).toEqual(Object.values(COMMANDS).sort());
  });

  it.each(ALL.map((command) => [command.id, command] as const))(
    '%s says what it does and what it takes',
    (_, command) => {
      expect(command.label(trans, {})).toMatch(/^[A-Z]/);
      expect(command.caption(trans)).toMatch(/^[A-Z].*[^.]$/);
      const { type, properties } = command.args as {
        type: string;
        properties: Record<string, { type: string; description: string }>;
      };
      expect(type).toBe('object');
      for (const { type: one, description } of Object.values(properties)) {
        expect(one).toMatch(/^(string|boolean)$/);
        expect(description).toMatch(/^[A-Z].*\.$/);
      }
    },
  );

  it('take no value, passphrase or token as an argument', () => {
    const names = ALL.flatMap(({ args }) => Object.keys(args['properties'] as object));
    expect(new Set(names)).toEqual(new Set(['vault', 'uid', 'from', 'name', 'type', 'on']));
  });

  it('are shorter to read on a row, where the secret is in sight', () => {
    const named = ALL.filter((command) => command.label(trans, { uid: 'u' }) !== command.label(trans, {}));
    expect(named.map(({ id }) => id)).toEqual([
      COMMANDS.insert,
      COMMANDS.copy,
      COMMANDS.replace,
      COMMANDS.edit,
      COMMANDS.delete,
      COMMANDS.allow,
      COMMANDS.revoke,
    ]);
    for (const command of named) expect(command.label(trans, { from: 'row' })).toBe(command.label(trans, { uid: 'u' }));
  });

  it('are what menus, toolbars and shortcuts name, with arguments that they take', () => {
    for (const { command, args = {} } of schemas.flatMap(usesIn)) {
      const known = ALL.find(({ id }) => id === command);
      expect(known?.id).toBe(command);
      const properties = known?.args['properties'] as Record<string, { enum?: readonly unknown[] }>;
      for (const [name, given] of Object.entries(args)) expect(properties[name]?.enum).toContain(given);
    }
  });

  it('have the settings in a file that belongs to a part of the extension', () => {
    const ids = plugins.map(({ id }) => id);
    for (const name of readdirSync(path.join(plugin, 'schema'))) {
      expect(ids).toContain(`@datalayer-secrets/jupyterlab:${path.basename(name, '.json')}`);
    }
  });
});

it('explains each setting, which has a default', () => {
  const properties = schemas.flatMap((schema) => Object.entries(schema.properties));
  expect(properties.map(([name]) => name)).toEqual(['pythonReference']);
  for (const [, property] of properties) {
    expect(property.title).not.toBe('');
    expect(property.description).toMatch(/\.$/);
    expect(property.default).toBe('environment');
  }
});
