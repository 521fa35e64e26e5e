import type { Context } from 'hono';
import * as v from 'valibot';
import { SecretsError } from '@datalayer-secrets/shared';
import { parseStrictJson } from './json.ts';
import { Refusal } from './refusal.ts';

/** Any body without a value in it. A token has at most 5,000 characters, a passphrase less. */
export const SMALL_BODY = 16 * 1024;
/** 65,536 bytes in base64 are 87,384 characters. */
const BASE64_BODY = 128 * 1024;
/** In JSON one byte of a value may take six: `\u0000`. */
const PLAIN_BODY = 448 * 1024;

export type ValueEncoding = 'plain' | 'base64';

/** The limit for bodies that carry a value. */
export function valueBody(encoding: ValueEncoding): number {
  return encoding === 'base64' ? BASE64_BODY : PLAIN_BODY;
}

type Bodies = typeof import('./bodies.ts');
type Shape = { [K in keyof Bodies]: Bodies[K] extends v.GenericSchema ? K : never }[keyof Bodies];

/**
 * Reads and parses a JSON body: type and size are judged before a byte is parsed.
 * @throws SecretsError `invalid` naming the field, `too_large`; Refusal 415
 */
export async function readBody<S extends Shape>(
  c: Context,
  shape: S,
  limit: number,
): Promise<v.InferOutput<Bodies[S]>> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json(; ?charset=utf-8)?$/i.test(type) || c.req.header('content-encoding') !== undefined) {
    throw new Refusal(415, 'invalid', 'The body must be sent as application/json in UTF-8.');
  }
  const body = parseStrictJson(await readBytes(c, limit));
  const parsed = v.safeParse((await import('./bodies.ts'))[shape], body);
  if (parsed.success) return parsed.output;
  const field = parsed.issues[0].path?.map(({ key }) => String(key)).join('.') ?? 'body';
  throw new SecretsError('invalid', `The field "${field}" is missing or not as it should be.`, { field });
}

async function readBytes(c: Context, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new SecretsError('too_large', `The request is larger than ${limit} bytes.`, { limit });
  const declared = c.req.header('content-length');
  if (declared !== undefined) {
    if (Number(declared) > limit) throw tooLarge();
    // The HTTP parser holds a sender to the length it declared.
    const content: ArrayBuffer | Uint8Array = await c.req.raw.arrayBuffer();
    const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
    if (bytes.byteLength > limit) throw tooLarge();
    return bytes;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
