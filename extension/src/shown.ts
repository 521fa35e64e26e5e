import { oneLine } from '@datalayer-secrets/shared';

/**
 * Names come from services, and VS Code gives some texts a meaning: `[label](command:…)` in a notification is a link that
 * runs a command, `$(name)` in a list an icon. These make a name mean only itself.
 */

/** A name or other foreign text for a message: one line, shortened, no links. */
export function inMessage(text: string): string {
  const line = oneLine(text);
  const short = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  return short.replaceAll('](', ']\u200b(');
}

/** A name or other foreign text for a row of a list: one line, no icons. */
export function inLabel(text: string): string {
  return oneLine(text).replaceAll('$(', '\\$(');
}
