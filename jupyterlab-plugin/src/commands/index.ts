import { allowInNotebook } from './allow-in-notebook.ts';
import type { Command } from './command.ts';
import { copyReference } from './copy-reference.ts';
import { createFromSelection } from './create-from-selection.ts';
import { createSecret } from './create-secret.ts';
import { deleteSecret } from './delete-secret.ts';
import { editSecret } from './edit-secret.ts';
import { filterByType } from './filter-by-type.ts';
import { findSecret } from './find-secret.ts';
import { insertReference } from './insert-reference.ts';
import { lock } from './lock.ts';
import { manageGrants } from './manage-grants.ts';
import { openPanel } from './open-panel.ts';
import { refresh } from './refresh.ts';
import { replaceValue } from './replace-value.ts';
import { revokeFromNotebook } from './revoke-from-notebook.ts';
import { setPassphrase } from './set-passphrase.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { toggleRedaction } from './toggle-redaction.ts';
import { unlock } from './unlock.ts';
import { useLocalVault } from './use-local-vault.ts';

/** Every command there is, in the order of the palette's own. */
export const ALL: readonly Command[] = [
  openPanel,
  findSecret,
  createSecret,
  createFromSelection,
  insertReference,
  copyReference,
  replaceValue,
  editSecret,
  deleteSecret,
  allowInNotebook,
  revokeFromNotebook,
  manageGrants,
  toggleRedaction,
  filterByType,
  refresh,
  useLocalVault,
  unlock,
  lock,
  setPassphrase,
  signIn,
  signOut,
];
