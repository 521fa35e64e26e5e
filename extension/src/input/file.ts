import { MAX_VALUE_BYTES, decodeUtf8 } from '@datalayer-secrets/shared';
import * as vscode from 'vscode';

/**
 * Lets the user choose a file and reads its text, byte for byte. Undefined when none was chosen; a problem when it cannot be
 * read, is too large or no UTF-8. It is read as bytes: no document is opened, so no backup of one is written.
 */
export async function readValueFile(): Promise<{ name: string; text: string } | { problem: string } | undefined> {
  const { l10n, window, workspace } = vscode;
  const [uri] =
    (await window.showOpenDialog({ title: l10n.t('Take the Value from a File'), openLabel: l10n.t('Take') })) ?? [];
  if (!uri) return undefined;
  const unreadable = { problem: l10n.t('The file cannot be read.') };
  const file = await workspace.fs.stat(uri).then(undefined, () => null);
  if (!file) return unreadable;
  if (file.size > MAX_VALUE_BYTES) {
    const number = new Intl.NumberFormat(vscode.env.language);
    const [bytes, limit] = [number.format(file.size), number.format(MAX_VALUE_BYTES)];
    return { problem: l10n.t('The file has {0} bytes; a value may have {1}.', bytes, limit) };
  }
  const bytes = await workspace.fs.readFile(uri).then(undefined, () => null);
  if (!bytes) return unreadable;
  const text = decodeUtf8(bytes);
  if (text === null)
    return { problem: l10n.t('The file is no UTF-8 text. Encode it, as Base64 for example, and take that text.') };
  return { name: uri.path.split('/').at(-1) ?? '', text };
}
