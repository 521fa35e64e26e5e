import { SecretsError, type ErrorKind } from './errors.ts';

export type ErrorAction =
  | 'retry'
  | 'unlock'
  | 'set-up'
  | 'sign-in'
  | 'open-log'
  | 'refresh'
  | 'choose-name'
  | 'replace-value'
  | 'open-settings'
  | 'update'
  | 'show-existing';
export interface ErrorText {
  what: string;
  advice: string;
  actions: readonly ErrorAction[];
}
export type Translate = (template: string, values: Record<string, string | number>) => string;

export function toSecretsError(error: unknown): SecretsError {
  return error instanceof SecretsError ? error : new SecretsError('unexpected', 'Something unexpected happened.');
}

export function explain(
  error: unknown,
  _translate?: Translate,
): { kind: ErrorKind; what: string; advice: string; actions: readonly ErrorAction[] } {
  return { kind: toSecretsError(error).kind, what: '', advice: '', actions: ['open-log'] };
}
