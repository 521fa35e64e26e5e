/** A field of a sealed record: its tag, and text, bytes or a whole number from 0 to 2^53 - 1. */
export type Field = readonly [tag: number, content: string | Uint8Array | number];

const HEADER = 5; // one byte of tag, four of length

/**
 * Lays fields one after another as tag, length (4 bytes, big-endian) and content. Every length is written, so two
 * different lists of fields never give the same bytes.
 */
export function encodeFields(fields: readonly Field[]): Buffer {
  let size = 0;
  for (const [, content] of fields) size += HEADER + lengthOf(content);
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const [tag, content] of fields) {
    const length = lengthOf(content);
    bytes[at] = tag;
    bytes.writeUInt32BE(length, at + 1);
    at += HEADER;
    if (typeof content === 'string') bytes.write(content, at);
    else if (typeof content === 'number') bytes.writeBigUInt64BE(BigInt(content), at);
    else bytes.set(content, at);
    at += length;
  }
  return bytes;
}

/** The opposite; the contents are views into `bytes`. Throws a RangeError when the lengths do not add up. */
export function decodeFields(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at);
    const end = at + HEADER + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) throw new RangeError('a field is cut off');
    fields.set(tag, bytes.subarray(at + HEADER, end));
    at = end;
  }
  return fields;
}

export function textOf(field: Buffer | undefined): string {
  return field === undefined ? '' : field.toString('utf8');
}

export function numberOf(field: Buffer | undefined): number {
  return field === undefined ? 0 : Number(field.readBigUInt64BE());
}

function lengthOf(content: string | Uint8Array | number): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  return typeof content === 'number' ? 8 : content.length;
}
