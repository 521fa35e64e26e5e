import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { SecretsError } from '@datalayer-secrets/shared';

const FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;
const OTHERS = 0o077;

/** Makes the folder, 0700, where it does not exist, and refuses one that others can enter or own. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER });
  const stats = statSync(folder);
  if (!stats.isDirectory()) throw wrong(folder, 'is no folder', { reason: 'other-kind' });
  checkOwner(folder, stats, '700');
}

/** Refuses a file that others can read or own, and anything that is no plain file. False when there is none. */
export function privateFile(file: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (!stats.isFile()) throw wrong(file, 'is no plain file', { reason: 'other-kind' });
  checkOwner(file, stats, '600');
  return true;
}

/** Makes an empty file with mode 0600 from its first moment. False when something is there already. */
export function createPrivateFile(file: string): boolean {
  try {
    closeSync(openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, PRIVATE_FILE));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Puts the names in a folder on disk. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function checkOwner(place: string, stats: Stats, mode: string): void {
  if (process.platform === 'win32') return; // modes there are made up; the profile folder's list of rights protects it
  if (stats.uid !== process.geteuid?.()) throw wrong(place, 'belongs to another user', { reason: 'owner' });
  if ((stats.mode & OTHERS) !== 0) throw wrong(place, `is open to other users (chmod ${mode} makes it private)`);
}

function wrong(place: string, what: string, details: { reason?: string } = {}): SecretsError {
  return new SecretsError('bad_permissions', `${path.basename(place)} ${what}.`, { path: place, ...details });
}
