import { passphraseProblem, SecretValue, type Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { HiddenBox } from './hidden-box.ts';
import { HiddenField } from './hidden-field.tsx';

export interface NewPassphrase {
  readonly fields: React.ReactElement;
  readonly typed: boolean;
  /** What was entered, twice alike; null where it cannot be taken, which the fields then say. */
  take(): SecretValue | null;
  /** It is gone from the page. */
  dispose(): void;
}

/** Two fields for a new passphrase. */
export function useNewPassphrase(t: Translate, readOnly: boolean): NewPassphrase {
  const first = React.useRef<HiddenBox | null>(null);
  const again = React.useRef<HiddenBox | null>(null);
  const [problems, setProblems] = React.useState<{ first: string | null; again: string | null }>(NONE);
  const [typed, setTyped] = React.useState(false);
  const changed = (): void => {
    setProblems(NONE);
    setTyped(first.current?.isEmpty === false || again.current?.isEmpty === false);
  };
  return {
    fields: (
      <>
        <HiddenField
          box={first}
          label={t('New passphrase')}
          hint={t('Nobody can recover it: keep it somewhere safe.')}
          error={problems.first}
          onChange={changed}
          readOnly={readOnly}
        />
        <HiddenField
          box={again}
          label={t('The same again')}
          error={problems.again}
          onChange={changed}
          readOnly={readOnly}
        />
      </>
    ),
    typed,
    take() {
      const passphrase = new SecretValue(first.current?.text ?? '');
      const problem = passphraseProblem(t, passphrase);
      const different = passphrase.expose() === again.current?.text ? null : t('The two are different.');
      setProblems({ first: problem, again: problem === null ? different : null });
      return problem === null && different === null ? passphrase : null;
    },
    dispose() {
      first.current?.dispose();
      again.current?.dispose();
    },
  };
}

const NONE = { first: null, again: null };
