import { failure, toSecretsError, type SecretsError } from '@datalayer-secrets/shared';
import * as React from 'react';

/** After this many milliseconds it is said what is waited for, and the user can stop waiting. Chosen by eye. */
const LONG = 1_000;

export interface Sending {
  readonly busy: boolean;
  /** It takes long enough to be spoken of. */
  readonly long: boolean;
  /** What went wrong last, until something is changed or sent again. */
  readonly failure: SecretsError | null;
  /** How often the form itself refused to send what was entered. */
  readonly refusals: number;
  /** One thing at a time: while one is sent, nothing else is. Resolves with what came of it, or null where it failed. */
  readonly send: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<{ readonly done: T } | null>;
  stop(): void;
  /** What went wrong is dealt with. */
  clear(): void;
  /** What was entered cannot be sent; the fields say why. */
  refuse(): void;
}

/** Sends what was entered. A failure is kept to be shown, and what was entered is not touched. */
export function useSending(): Sending {
  const [phase, setPhase] = React.useState<'idle' | 'busy' | 'long'>('idle');
  const [error, setError] = React.useState<SecretsError | null>(null);
  const [refusals, setRefusals] = React.useState(0);
  const running = React.useRef<AbortController | null>(null);
  // Who closes the form does not wait any more; what is sent already is sent.
  React.useEffect(() => () => running.current?.abort(), []);

  const send = React.useCallback(async <T>(work: (signal: AbortSignal) => Promise<T>) => {
    if (running.current) return null;
    const abort = new AbortController();
    running.current = abort;
    setError(null);
    setPhase('busy');
    const timer = setTimeout(() => setPhase('long'), LONG);
    try {
      return { done: await Promise.race([work(abort.signal), aborted(abort.signal)]) };
    } catch (error) {
      setError(toSecretsError(error));
      return null;
    } finally {
      clearTimeout(timer);
      running.current = null;
      setPhase('idle');
    }
  }, []);
  const stop = React.useCallback(() => running.current?.abort(), []);
  const clear = React.useCallback(() => setError(null), []);
  const refuse = (): void => {
    clear();
    setRefusals(refusals + 1);
  };
  return { busy: phase !== 'idle', long: phase === 'long', failure: error, refusals, send, stop, clear, refuse };
}

/** Not everything that is waited for heeds the signal. @throws cancelled */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(failure('cancelled')), { once: true });
  });
}

/** Does this once, as soon as the form is there. */
export function useOnce(work: () => Promise<void>): void {
  const begun = React.useRef(false);
  React.useEffect(() => {
    if (!begun.current) void work();
    begun.current = true;
  });
}
