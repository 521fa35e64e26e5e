import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { PRIVATE_FILE, syncFolder } from './private-files.ts';

/** File systems without hard links answer with one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

/** Replaces a file in one step, on disk when it returns: a crash leaves the old content or the new. Mode 0600. */
export async function replaceFile(file: string, content: string): Promise<void> {
  await withTemporary(file, content, (temporary) => rename(temporary, file));
}

/** Writes a file that must not exist yet, whole from its first moment. False when one is there, which stays as it is. */
export async function createFile(file: string, content: string): Promise<boolean> {
  return withTemporary(file, content, async (temporary) => {
    try {
      await link(temporary, file);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      if (NO_LINKS.has(code)) return writeNew(file, content);
      throw error;
    }
  });
}

async function withTemporary<T>(file: string, content: string, use: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeNew(temporary, content);
    const result = await use(temporary);
    syncFolder(path.dirname(file));
    return result;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeNew(file: string, content: string): Promise<boolean> {
  let handle;
  try {
    handle = await open(file, 'wx', PRIVATE_FILE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
