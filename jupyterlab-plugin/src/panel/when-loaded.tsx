import { explain, type Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { Later } from '../later.ts';

interface WhenLoadedProps<T> {
  readonly part: Later<T>;
  readonly t: Translate;
  readonly children: (part: T) => React.ReactElement;
}

/** Draws what a part of our code is needed for, once that is there; says so where it cannot be loaded. */
export function WhenLoaded<T>({ part, t, children }: WhenLoadedProps<T>): React.ReactElement {
  const [failed, setFailed] = React.useState<unknown>(null);
  const [attempt, setAttempt] = React.useState(0);
  const [, setLoaded] = React.useState(part.loaded !== null);
  React.useEffect(() => {
    let waiting = true;
    part.load().then(
      () => waiting && setLoaded(true),
      (error: unknown) => waiting && setFailed(error),
    );
    return () => void (waiting = false);
  }, [part, attempt]);

  if (part.loaded !== null) return children(part.loaded);
  if (failed === null) return <div className="dls-Loading" aria-busy />;
  const { what, advice } = explain(failed, t);
  return (
    // The styles are in the part that is not there.
    <div style={{ padding: 12, color: 'var(--jp-ui-font-color1)' }} role="alert">
      <p>
        {what} {advice}
      </p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => {
          setFailed(null);
          setAttempt(attempt + 1);
        }}
      >
        {t('Try Again')}
      </button>
    </div>
  );
}
