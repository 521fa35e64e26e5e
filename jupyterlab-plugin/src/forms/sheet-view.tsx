import type { Translate } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { IKernelSecrets, ISecrets, Sheet } from '../tokens.ts';
import { CreateSheet } from './create-sheet.tsx';
import { EditSheet } from './edit-sheet.tsx';
import { GrantsSheet } from './grants-sheet.tsx';
import { useLatest } from './hidden-field.tsx';
import { PassphraseSheet } from './passphrase-sheet.tsx';
import { ReplaceSheet } from './replace-sheet.tsx';
import { SetUpSheet } from './set-up-sheet.tsx';
import type { FormProps, Opener } from './sheet-frame.tsx';
import { SignInSheet } from './sign-in-sheet.tsx';
import { UnlockSheet } from './unlock-sheet.tsx';

export interface SheetProps {
  readonly sheet: Sheet;
  readonly secrets: ISecrets;
  readonly kernels: IKernelSecrets;
  readonly t: Translate;
  /** It is over: completed, or left. */
  readonly done: (completed: boolean) => void;
  /** Whether something was typed that would be lost. */
  readonly dirty: (is: boolean) => void;
}

interface Layer {
  readonly sheet: Sheet;
  readonly end: (completed: boolean) => void;
}

/**
 * The form that the panel shows in the place of its list. A form that cannot go on because a vault is closed lets the one that
 * opens it lie over itself, and keeps all that was entered below.
 */
export function SheetView({ sheet, secrets, kernels, t, done, dirty }: SheetProps): React.ReactElement {
  const [over, setOver] = React.useState<readonly Layer[]>([]);
  const root = React.useRef<HTMLDivElement>(null);
  useFocusBack(root);

  const tellDirty = useLatest(dirty);
  const typed = React.useRef(new Set<number>());
  const note = React.useCallback(
    (depth: number, is: boolean) => {
      if (is) typed.current.add(depth);
      else typed.current.delete(depth);
      tellDirty.current(typed.current.size > 0);
    },
    [tellDirty],
  );
  const open = React.useCallback(
    (kind: Opener) => new Promise<boolean>((end) => setOver((layers) => [...layers, { sheet: { kind }, end }])),
    [],
  );
  const close = (layer: Layer, depth: number) => (completed: boolean) => {
    note(depth, false);
    setOver((layers) => layers.filter((one) => one !== layer));
    layer.end(completed);
  };

  const layers: readonly Layer[] = [{ sheet, end: done }, ...over];
  return (
    <div ref={root} className="dls-Sheets">
      {layers.map((layer, depth) => (
        <div key={depth} hidden={depth < over.length}>
          <OneSheet
            sheet={layer.sheet}
            secrets={secrets}
            kernels={kernels}
            t={t}
            kind={layer.sheet.kind}
            done={depth === 0 ? done : close(layer, depth)}
            dirty={(is) => note(depth, is)}
            open={open}
          />
        </div>
      ))}
    </div>
  );
}

function OneSheet({
  sheet,
  secrets,
  kernels,
  ...form
}: FormProps & Pick<SheetProps, 'sheet' | 'secrets' | 'kernels'>): React.ReactElement {
  switch (sheet.kind) {
    case 'create':
      return <CreateSheet sheet={sheet} secrets={secrets} {...form} />;
    case 'replace':
      return <ReplaceSheet of={sheet.secret} secrets={secrets} {...form} />;
    case 'edit':
      return <EditSheet of={sheet.secret} secrets={secrets} {...form} />;
    case 'set-up':
      return <SetUpSheet secrets={secrets} refusal={sheet.refusal} {...form} />;
    case 'unlock':
      return <UnlockSheet secrets={secrets} refusal={sheet.refusal} {...form} />;
    case 'passphrase':
      return <PassphraseSheet secrets={secrets} {...form} />;
    case 'sign-in':
      return <SignInSheet secrets={secrets} {...form} />;
    case 'grants':
      return <GrantsSheet secrets={secrets} kernels={kernels} {...form} />;
  }
}

/** When the form is over, the focus goes back to where it was, unless the user has put it elsewhere. */
function useFocusBack(root: React.RefObject<HTMLElement>): void {
  React.useLayoutEffect(() => {
    const before = document.activeElement;
    const form = root.current;
    return () => {
      const { activeElement } = document;
      const ours = activeElement === document.body || form?.contains(activeElement);
      if (ours && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [root]);
}
