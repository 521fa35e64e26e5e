/** No look-alikes, nothing a shell or a URL would read as its own. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_';

/** A random password; 24 characters of this alphabet are 141 bits. */
export function generatePassword(
  length = 24,
  fill = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
): string {
  let password = '';
  while (password.length < length) {
    for (const byte of fill(new Uint8Array(length))) {
      // 236 is the largest multiple of 59 that a byte holds: what lies above would favour the first letters.
      if (byte < 236 && password.length < length) password += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return password;
}
