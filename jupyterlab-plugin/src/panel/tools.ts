import type { ModelState, Translate } from '@datalayer-secrets/shared';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { ActiveState } from '../kernels/kernel-secrets.ts';
import type { IKernelSecrets, ISecrets } from '../tokens.ts';

export type Commands = JupyterFrontEnd['commands'];

/** What every part of the panel needs. */
export interface PanelTools {
  readonly secrets: ISecrets;
  readonly kernels: IKernelSecrets;
  /** Starts the kernel of the active notebook anew, when the user says so in Jupyter's own question. */
  readonly restart: () => void;
  readonly commands: Commands;
  readonly t: Translate;
  /** Of the user, as a BCP 47 tag. */
  readonly language: string;
}

export const Tools = React.createContext<PanelTools | null>(null);

export function useTools(): PanelTools {
  const tools = React.useContext(Tools);
  if (!tools) throw new Error('No panel around.');
  return tools;
}

/** The state of the model; draws anew when it changes. */
export function useModel({ model }: ISecrets): ModelState {
  return React.useSyncExternalStore(
    React.useCallback((changed) => model.onChange(changed), [model]),
    () => model.state,
  );
}

/** The notebook that the user works in; draws anew when another one is, or when it is otherwise. */
export function useNotebook(): ActiveState {
  const { kernels } = useTools();
  useSignal(kernels.changed);
  return kernels.state;
}

/** Draws anew with each signal. */
export function useSignal<T>(signal: ISignal<T, unknown>): void {
  const count = React.useRef(0);
  const subscribe = React.useCallback(
    (changed: () => void) => {
      const slot = (): void => {
        count.current += 1;
        changed();
      };
      signal.connect(slot);
      return () => void signal.disconnect(slot);
    },
    [signal],
  );
  React.useSyncExternalStore(subscribe, () => count.current);
}

const MINUTE = 60_000;

/** The time, true to the minute while `running`: ages are made of it. */
export function useNow(running: boolean): number {
  const [now, setNow] = React.useState(Date.now);
  React.useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
