/**
 * How client and service prove to each other, over a port of this machine, that they know the same token without
 * sending it. WebCrypto only, so that pages, editors and the service run the same lines.
 */

const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes(text)));
}

/** Names a client without giving its token away: 22 characters of base64url. */
export async function helloClientId(token: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(`datalayer-secrets client\n${token}`)));
  return btoa(String.fromCharCode(...hash))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22);
}

/**
 * What only a holder of the token can answer to a nonce: 64 hex digits. Port and process id are part of it, so that a
 * program on another port cannot pass the question on and repeat the answer.
 */
export async function helloProof(token: string, nonce: string, port: number, pid: number): Promise<string> {
  const key = await hmac(bytes(token), 'datalayer-secrets hello');
  return hex(await hmac(key, `${nonce}\n${port}\n${pid}`));
}
