import { decodeUtf8, MAX_VALUE_BYTES, type Translate } from '@datalayer-secrets/shared';

/** The text of a file, byte for byte; or why it cannot be a value. One that is too large is not read. */
export async function readValueFile(
  t: Translate,
  file: File,
  language: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  if (file.size > MAX_VALUE_BYTES) {
    const number = new Intl.NumberFormat(language);
    const words = { bytes: number.format(file.size), limit: number.format(MAX_VALUE_BYTES) };
    return { problem: t('The file has {bytes} bytes; a value may have {limit}.', words) };
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: t('The file cannot be read.') };
  }
  const text = decodeUtf8(new Uint8Array(bytes));
  if (text === null)
    return { problem: t('The file is no UTF-8 text. Encode it, as Base64 for example, and take that text.') };
  return text === '' ? { problem: t('The file is empty.') } : { text };
}

/** Lets the user choose a file. The element never stands in the page, which would keep the file's path. */
export function chooseFile(page: Document, chosen: (file: File) => void): void {
  const input = page.createElement('input');
  input.type = 'file';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) chosen(file);
  });
  input.click();
}
