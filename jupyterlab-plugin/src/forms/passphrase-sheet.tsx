import * as React from 'react';

import type { ISecrets } from '../tokens.ts';
import { closed } from './closed.ts';
import { useNewPassphrase } from './new-passphrase.tsx';
import { useSending } from './sending.ts';
import { SheetFrame, type FormProps } from './sheet-frame.tsx';
import { useModel } from '../panel/tools.ts';

/** Gives the local vault a passphrase, or another one. The other ways of opening it stay. */
export function PassphraseSheet({ secrets, ...form }: FormProps & { readonly secrets: ISecrets }): React.ReactElement {
  const { t } = form;
  const state = useModel(secrets);
  const sending = useSending();
  const passphrase = useNewPassphrase(t, sending.busy);

  const submit = async (): Promise<void> => {
    const entered = passphrase.take();
    if (entered === null) {
      sending.refuse();
      return;
    }
    const set = await sending.send(async (signal) => {
      const client = await secrets.start();
      await client.setPassphrase(entered, { signal });
      await secrets.model.refresh({ start: true });
    });
    if (!set) return;
    passphrase.dispose();
    form.done(true);
  };

  return (
    <SheetFrame
      {...form}
      title={t('Passphrase of the Local Vault')}
      submit={{ label: t('Set Passphrase'), run: () => void submit() }}
      sending={sending}
      waiting={t('Setting the passphrase…')}
      typed={passphrase.typed}
      failure={sending.failure ?? closed(state, 'local')}
    >
      <p>
        {t('It opens the vault from then on, also on a machine without this keychain. Other ways to open it stay.')}
      </p>
      {passphrase.fields}
    </SheetFrame>
  );
}
