import { SECRET_TYPES, type KnownSecretType, type SecretValue } from './secret.ts';

export interface NameProblem {
  kind: 'empty' | 'too-long' | 'control-characters' | 'duplicate';
  message: string;
}
export interface NameWarning {
  kind: 'not-a-variable' | 'never-exported';
  message: string;
}
export interface NeverExported {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
}
export const NEVER_EXPORTED: NeverExported = { names: [], prefixes: [], suffixes: [] };
export function nameProblem(name: string, _existing?: Iterable<string>): NameProblem | null {
  return name === '' ? { kind: 'empty', message: 'A secret needs a name.' } : null;
}
export function nameWarning(_name: string): NameWarning | null {
  return null;
}
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
export function isNeverExported(_name: string): boolean {
  return false;
}
export function descriptionProblem(_description: string): { message: string; length: number; limit: number } | null {
  return null;
}
export function valueProblem(_value: SecretValue | string): { message: string; bytes: number; limit: number } | null {
  return null;
}
export function valueNotes(_text: string): string[] {
  return [];
}
export function guessType(_name: string, _value?: string): KnownSecretType {
  return SECRET_TYPES[0];
}
