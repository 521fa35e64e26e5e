import type { VaultInfo } from '@datalayer-secrets/shared';
import { note } from './print.ts';

/** Says beside a list or a state what is missing in it: a secret that was changed from outside looks like none. */
export function noteDamage({ damaged = 0 }: Pick<VaultInfo, 'damaged'>): void {
  if (damaged === 0) return;
  const what =
    damaged === 1
      ? '1 secret cannot be read: it was changed from outside. It is not listed.'
      : `${damaged} secrets cannot be read: they were changed from outside. They are not listed.`;
  note(
    `datalayer-secrets: ${what} \`datalayer-secrets audit verify\` shows where; a copy of the vault brings them back.`,
  );
}
