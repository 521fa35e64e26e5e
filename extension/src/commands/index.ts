import type { Command } from './command.ts';
import { copyReference } from './copyReference.ts';
import { copyValue } from './copyValue.ts';
import { createFromSelection } from './createFromSelection.ts';
import { createSecret } from './createSecret.ts';
import { deleteSecret } from './deleteSecret.ts';
import { editSecret } from './editSecret.ts';
import { clearTypeFilter, filterByType } from './filterByType.ts';
import { findSecret } from './findSecret.ts';
import { insertReference } from './insertReference.ts';
import { lock } from './lock.ts';
import { manageVaults } from './manageVaults.ts';
import { refresh } from './refresh.ts';
import { replaceValue } from './replaceValue.ts';
import { setPassphrase } from './setPassphrase.ts';
import { showLog } from './showLog.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { unlock } from './unlock.ts';
import { useLocalVault } from './useLocalVault.ts';

// What commands need to begin with is loaded with them.
export { ready } from '../opening/ready.ts';

/** Every command there is; `package.json` declares the same. */
export const COMMANDS: readonly Command[] = [
  createSecret,
  createFromSelection,
  findSecret,
  insertReference,
  copyReference,
  copyValue,
  replaceValue,
  editSecret,
  deleteSecret,
  filterByType,
  clearTypeFilter,
  refresh,
  useLocalVault,
  unlock,
  lock,
  setPassphrase,
  signIn,
  signOut,
  manageVaults,
  showLog,
];
