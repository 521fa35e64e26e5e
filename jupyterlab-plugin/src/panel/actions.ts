import { type ErrorAction, explain, type Translate } from '@datalayer-secrets/shared';

import { COMMANDS } from '../tokens.ts';
import type { Commands } from './tools.ts';

/** What a button in the panel does: a command, under a text of its own. */
export interface Way {
  readonly label: string;
  readonly command: string;
  readonly args?: Readonly<Record<string, string | boolean | null>>;
}

/** The ways on that the table of errors names, as far as a page has them; trying again is always one. */
export function waysOn(t: Translate, error: unknown): Way[] {
  const ways = explain(error, t).actions.map((action) => wayOf(t, action));
  const known = ways.filter((way) => way !== null);
  if (!known.some(({ command }) => command === COMMANDS.refresh))
    known.push({ label: t('Try Again'), command: COMMANDS.refresh });
  return known.filter(({ command }, index) => known.findIndex((way) => way.command === command) === index);
}

/** The button for a way on; null for those that need the form in which the error arose, or a place that a page does not have. */
export function wayOf(t: Translate, action: ErrorAction): Way | null {
  switch (action) {
    case 'retry':
      return { label: t('Try Again'), command: COMMANDS.refresh };
    case 'refresh':
      return { label: t('Refresh'), command: COMMANDS.refresh };
    case 'unlock':
      return { label: t('Unlock'), command: COMMANDS.unlock };
    case 'set-up':
      return { label: t('Use the Local Vault'), command: COMMANDS.useLocalVault };
    case 'sign-in':
      return { label: t('Sign In'), command: COMMANDS.signIn };
    case 'open-log':
    case 'choose-name':
    case 'replace-value':
    case 'open-settings':
    case 'update':
    case 'show-existing':
      return null;
  }
}

/** Whether a command is there and can be run now. */
export function isOffered(commands: Commands, { command, args = {} }: Pick<Way, 'command' | 'args'>): boolean {
  return commands.hasCommand(command) && commands.isVisible(command, args) && commands.isEnabled(command, args);
}
