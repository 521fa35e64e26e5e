/**
 * What a page offers when code failed for want of a secret. The error comes from a kernel and the cell from a notebook: both may lie,
 * so all they can do is to have a question asked about a name that the cell shows.
 */
import {
  findReferences,
  isNeverExported,
  isVariableName,
  type ModelState,
  nameProblem,
  type ReferenceLanguage,
} from '@datalayer-secrets/shared';

import type { Outlook } from '../tokens.ts';
import type { NotebookSecret } from './notebook-state.ts';

/** What a cell ran, and how that failed: the name and the text of the error, as its kernel says. */
export interface Failure {
  readonly language: ReferenceLanguage;
  readonly source: string;
  readonly ename: string;
  readonly evalue: string;
}

/** Errors of the Python package. */
const OURS = /^(?:[\w.]+\.)?(?:SecretNotFound|NotGranted|ServiceUnavailable)$/;

/** Names in the cell's references for want of which it may have failed, in their order. */
export function wantedNames({ language, source, ename, evalue }: Failure): string[] {
  if (language.uriOnly) return [];
  const names = [...new Set(findReferences(language, source).map(({ name }) => name))];
  const possible = names.filter((name) => nameProblem(name) === null);
  if (language.id !== 'python') return possible;
  // As Python writes a string that could be a variable.
  if (ename === 'KeyError') return possible.filter((name) => evalue === `'${name}'` && isExported(name));
  return OURS.test(ename) ? possible : [];
}

function isExported(name: string): boolean {
  return isVariableName(name) && !isNeverExported(name);
}

export type Offer =
  | { readonly kind: 'create' | 'unlock' | 'restart' | 'before' | 'again'; readonly name: string }
  /** It is in each of these vaults. */
  | { readonly kind: 'allow'; readonly name: string; readonly vaults: readonly string[] }
  /** It may be used and is in no variable, for a reason that nothing can be done about here. */
  | { readonly kind: 'left-out'; readonly name: string; readonly reason: string | null };

export interface Known {
  readonly secrets: readonly NotebookSecret[];
  readonly vaults: Pick<ModelState, 'service' | 'vaults'>;
  readonly outlook: Outlook;
}

/** What helps, or null where nothing does or nothing is wrong with this name. */
export function offerFor(name: string, { secrets, vaults: { service, vaults }, outlook }: Known): Offer | null {
  const granted = secrets.find((one) => one.granted && one.name === name);
  switch (granted?.state) {
    case undefined:
      break;
    case 'in_kernel':
    case 'no_kernel':
      return null;
    case 'next_cell':
      return { kind: 'again', name };
    case 'restart':
    case 'before':
      return { kind: granted.state, name };
    case 'left_out':
      return { kind: 'left-out', name, reason: granted.reason };
    case 'missing':
      if (granted.reason === 'locked' || granted.reason === 'no_service') return { kind: 'unlock', name };
      if (granted.reason !== 'not_found') return { kind: 'again', name };
  }
  const holding = vaults.filter(({ list }) => 'secrets' in list && list.secrets.some((one) => one.name === name));
  if (holding.length > 0) return { kind: 'allow', name, vaults: holding.map(({ info }) => info.id) };
  const closed = vaults.some(({ list }) => list.kind === 'locked') || (service.kind === 'none' && outlook === 'used');
  if (closed) return { kind: 'unlock', name };
  // Of what could not be asked nobody knows whether it is there.
  if (service.kind === 'failed' || vaults.some(({ list }) => list.kind === 'failed')) return null;
  return { kind: 'create', name };
}
