import { failure, type Secret, type SecretsError } from '@datalayer-secrets/shared';
import * as React from 'react';

import type { ISecrets, SecretRef } from '../tokens.ts';
import { closed } from './closed.ts';
import { useModel } from '../panel/tools.ts';

/**
 * The secret that a form is about, as it was when the form found it: what happens to it meanwhile shows when the form is sent.
 * Null with the reason, where there is one yet.
 */
export function useSecret(
  secrets: ISecrets,
  { vault, uid }: SecretRef,
): { readonly secret: Secret | null; readonly missing: SecretsError | null } {
  const state = useModel(secrets);
  const list = state.vaults.find(({ info }) => info.id === vault)?.list;
  const found = list && 'secrets' in list ? list.secrets.find((one) => one.uid === uid) : undefined;
  const [secret, setSecret] = React.useState(found ?? null);
  React.useEffect(() => {
    if (secret === null && found) setSecret(found);
  }, [secret, found]);
  const initially = React.useRef(found);
  React.useEffect(() => {
    if (!initially.current) void secrets.model.refresh({ start: true });
  }, [secrets]);
  const absent = secret === null && list !== undefined && 'secrets' in list;
  return { secret, missing: closed(state, vault) ?? (absent ? failure('not_found') : null) };
}
