import { Token } from '@lumino/coreutils';

import type { Manner } from './insert.ts';
import type { Documents } from './target.ts';

/** Where references go, and how they are written. */
export interface IReferences {
  readonly documents: Documents;
  /** As the user set it. */
  readonly manner: Manner;
}

export const IReferences = new Token<IReferences>(
  '@datalayer-secrets/jupyterlab:IReferences',
  'The open notebooks and files, and how references to secrets are written into them.',
);
