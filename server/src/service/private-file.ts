import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { privateFile } from '../store/private-files.ts';

/** Writes a file that only its owner can read, from its first byte, and that is whole at every moment. Not
 * forced to the disk: after a power cut nothing in such files counts any more. */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  unlinkIfThere(draft);
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

/** The parsed JSON of such a file; null where it is missing or torn. @throws SecretsError `bad_permissions` */
export function readPrivateJson(path: string): unknown {
  if (!privateFile(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
