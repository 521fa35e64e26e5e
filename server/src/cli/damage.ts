import { SecretsError, type ServiceStatus, type VaultInfo } from '@datalayer-secrets/shared';
import { explainHere } from './advice.ts';
import { note } from './print.ts';

/** Says beside a list or a state what is missing in it: a secret that was changed from outside looks like none. */
export function noteDamage({ damaged = 0 }: Pick<VaultInfo, 'damaged'>): void {
  if (damaged === 0) return;
  const what =
    damaged === 1
      ? '1 secret cannot be read: it was changed from outside. It is not listed.'
      : `${damaged} secrets cannot be read: they were changed from outside. They are not listed.`;
  note(
    `datalayer-secrets: ${what} \`datalayer-secrets audit verify\` shows where; a copy of the vault brings it back, \`datalayer-secrets rm UID\` deletes it.`,
  );
}

type Failing = Pick<ServiceStatus, 'failure'>;

/** Says beside a state that no key opens the vault, or will open it again, and what to do. */
export function noteFault(status: Failing, log: string): void {
  const { failure } = explained(status, log);
  if (failure !== undefined) note(`datalayer-secrets: ${failure.message} ${failure.advice}`);
}

/** The same for programs. */
export function explained({ failure }: Failing, log: string): { failure?: FailureSaid } {
  if (failure === undefined) return {};
  const { what: message, advice } = explainHere(new SecretsError(failure.code, failure.code, failure.details), log);
  return { failure: { ...failure, message, advice } };
}

type FailureSaid = NonNullable<Failing['failure']> & { readonly message: string; readonly advice: string };
