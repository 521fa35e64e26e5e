import { oneLine } from '@datalayer-secrets/shared';

/** Names in messages are shortened to this many characters; JupyterLab cuts the whole message at 140. */
const LONGEST = 60;

/** A name or other foreign text for a message: one line, shortened. */
export function nameInMessage(name: string): string {
  const line = Array.from(oneLine(name)); // by characters, so that none is cut in half
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).join('')}…` : line.join('');
}
