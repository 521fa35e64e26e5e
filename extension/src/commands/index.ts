import type { Command } from './command.ts';
import { copyReference } from './copyReference.ts';
import { copyValue } from './copyValue.ts';
import { createFromSelection } from './createFromSelection.ts';
import { createSecret } from './createSecret.ts';
import { deleteSecret } from './deleteSecret.ts';
import { editSecret } from './editSecret.ts';
import { findSecret } from './findSecret.ts';
import { insertReference } from './insertReference.ts';
import { replaceValue } from './replaceValue.ts';

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
];
