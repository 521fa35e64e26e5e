import type { Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets, Sheet } from '../tokens.ts';

export interface SheetProps {
  readonly sheet: Sheet;
  readonly secrets: ISecrets;
  readonly t: Translate;
  /** It is over: completed, or left. */
  readonly done: (completed: boolean) => void;
  /** Whether something was typed that would be lost. */
  readonly dirty: (is: boolean) => void;
}

/** The form that the panel shows in the place of its list. */
export function SheetView({ t, done }: SheetProps): React.ReactElement {
  return (
    <section className="dls-Sheet">
      <button type="button" className="jp-mod-styled" onClick={() => done(false)}>
        {t('Cancel')}
      </button>
    </section>
  );
}
