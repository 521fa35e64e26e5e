import { expect, it } from 'vitest';
import { ERROR_TABLE, SecretsError, type ErrorKind } from '@datalayer-secrets/shared';
import { ADVICE, explainHere } from '../../../../server/src/cli/advice.ts';
import { COMMANDS } from '../../../../server/src/cli/main.ts';

const LOG = '/home/ada/.datalayer/secrets/log/service.log';
/** Of these only a page of JupyterLab hears. */
const OF_PAGES = ['jupyter', 'part', 'extension'];

/** Every row of the table, as the command line tells it with all details that the row needs. */
const told = Object.entries(ERROR_TABLE).flatMap(([kind, rows]) =>
  rows
    .filter(({ reason = '' }) => !OF_PAGES.includes(reason))
    .map(({ what, advice, reason }) => {
      const names = Array.from(`${what}${advice}`.matchAll(/\{(\w+)\}/g), ([, name]) => [name, 'x'] as const);
      const details = { ...Object.fromEntries(names), ...(reason !== undefined && { reason }) } as Record<string, string>;
      return [`${kind}/${reason ?? names.map(([name]) => name).join(' ')}`, explainHere(new SecretsError(kind as ErrorKind, 'x', details), LOG)] as const;
    }),
); // prettier-ignore

it.each(told)('%s: nothing is advised that only an editor has', (_, { what, advice }) => {
  expect(`${what} ${advice}`).not.toMatch(/\b(refresh|buttons?|settings?|this (extension|window|page)|still here|the log)\b|[{}]/i);
  // The command line has no sign-in of its own.
  if (/\bsign in\b/i.test(advice)) expect(advice).toContain('VS Code');
}); // prettier-ignore

it.each(told)('%s: the commands it names exist', (_, { advice }) => {
  const named = Array.from(advice.matchAll(/datalayer-secrets (\w+)/g), ([, name]) => name);
  expect(named.filter((name) => !Object.keys(COMMANDS).includes(name ?? ''))).toEqual([]);
});

it('every sentence that is said otherwise here is one of the table', () => {
  const templates = Object.values(ERROR_TABLE).flatMap((rows) => rows.map(({ advice }) => advice));
  expect(Object.keys(ADVICE).filter((template) => !templates.includes(template))).toEqual([]);
});

it('the log is named by its path', () => {
  expect(explainHere(new TypeError('x'), LOG).advice).toContain(LOG);
});
