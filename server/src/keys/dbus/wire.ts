/**
 * The D-Bus wire format (https://dbus.freedesktop.org/doc/dbus-specification.html), as much of it as questions to a
 * keyring need. Always little-endian when writing.
 */
export type Value = string | number | boolean | Value[] | Map<string, Value>;

export const METHOD_CALL = 1;
export const METHOD_RETURN = 2;
export const ERROR = 3;
/** Codes of header fields. */
export const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
} as const;
const FIXED_BYTES = 16;
/** The specification allows 128 MiB; no answer to our questions comes near this. */
const MAX_BYTES = 16 << 20;
const MAX_DEPTH = 16;

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Types of the arguments: `s` and `o` text, `a{ss}` a map of texts. */
  readonly signature?: string;
  readonly body?: readonly Value[];
}

export interface Message {
  readonly type: number;
  readonly fields: ReadonlyMap<number, Value>;
  readonly body: readonly Value[];
}

export function encodeCall(serial: number, call: Call): Buffer {
  const body = new Writer();
  writeAll(body, call.signature ?? '', call.body ?? []);
  const content = body.bytes();
  const head = new Writer();
  head.byte('l'.charCodeAt(0)).byte(METHOD_CALL).byte(0).byte(1).uint32(content.length).uint32(serial);
  const fields = new Writer();
  const field = (code: number, type: 'o' | 's' | 'g', text: string) => {
    fields.align(8).byte(code).signature(type);
    if (type === 'g') fields.signature(text);
    else fields.string(text);
  };
  field(FIELD.path, 'o', call.path);
  field(FIELD.interface, 's', call.interface);
  field(FIELD.member, 's', call.member);
  field(FIELD.destination, 's', call.destination);
  if (call.signature !== undefined) field(FIELD.signature, 'g', call.signature);
  const packed = fields.bytes(); // begins at 16 in the message, so its alignment is that of the message
  return Buffer.concat([head.uint32(packed.length).bytes(), packed, Buffer.alloc(-packed.length & 7), content]);
}

/** The first message of `bytes` and where it ends, or null while it is not complete. @throws RangeError */
export function decodeMessage(bytes: Buffer): { message: Message; end: number } | null {
  if (bytes.length < FIXED_BYTES) return null;
  const little = bytes[0] === 'l'.charCodeAt(0);
  const fixed = new Reader(bytes, little, 4);
  const bodyBytes = fixed.uint32();
  fixed.uint32(); // serial
  const start = (FIXED_BYTES + fixed.uint32() + 7) & ~7;
  const end = start + bodyBytes;
  if (end > MAX_BYTES) throw new RangeError('a D-Bus message is too long');
  if (bytes.length < end) return null;
  const fields = new Map<number, Value>();
  for (const field of new Reader(bytes, little, 12).array('(yv)')) {
    const [code, value] = field as [number, Value];
    fields.set(code, value);
  }
  const signature = fields.get(FIELD.signature);
  const body = new Reader(bytes.subarray(0, end), little, start).all(typeof signature === 'string' ? signature : '');
  return { message: { type: bytes[1] ?? 0, fields, body }, end };
}

function writeAll(writer: Writer, signature: string, values: readonly Value[]): void {
  let at = 0;
  for (const value of values) {
    const type = typeAt(signature, at);
    at += type.length;
    if (typeof value === 'string' && (type === 's' || type === 'o')) writer.string(value);
    else if (value instanceof Map && type === 'a{ss}') writer.dictionary(value as ReadonlyMap<string, string>);
    else if (typeof value === 'number' && type === 'u') writer.uint32(value);
    else throw new TypeError(`no argument of type ${type}`);
  }
}

class Writer {
  #bytes: number[] = [];

  align(to: number): this {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
    return this;
  }

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  uint32(value: number): this {
    this.align(4);
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
    return this;
  }

  string(text: string): this {
    const bytes = Buffer.from(text);
    this.uint32(bytes.length);
    this.#bytes.push(...bytes, 0);
    return this;
  }

  signature(text: string): this {
    this.#bytes.push(text.length, ...Buffer.from(text), 0);
    return this;
  }

  dictionary(entries: ReadonlyMap<string, string>): this {
    this.uint32(0);
    const length = this.#bytes.length - 4;
    this.align(8);
    const start = this.#bytes.length;
    for (const [key, value] of entries) this.align(8).string(key).string(value);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(this.#bytes.length - start);
    this.#bytes.splice(length, 4, ...size);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

class Reader {
  readonly #bytes: Buffer;
  readonly #little: boolean;
  #at: number;

  constructor(bytes: Buffer, little: boolean, at: number) {
    this.#bytes = bytes;
    this.#little = little;
    this.#at = at;
  }

  all(signature: string): Value[] {
    const values: Value[] = [];
    for (let at = 0; at < signature.length;) {
      const type = typeAt(signature, at);
      at += type.length;
      values.push(this.#value(type, 0));
    }
    return values;
  }

  array(element: string): Value[] {
    return this.#array(element, 0);
  }

  uint32(): number {
    this.#align(4);
    return this.#take(4, (at) => (this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at)));
  }

  #value(type: string, depth: number): Value {
    if (depth > MAX_DEPTH) throw new RangeError('a D-Bus value is nested too deep');
    switch (type.charAt(0)) {
      case 'y':
        return this.#take(1, (at) => this.#bytes.readUInt8(at));
      case 'b':
        return this.uint32() !== 0;
      case 'n':
      case 'q':
        this.#align(2);
        return this.#take(2, (at) => (this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at)));
      case 'i':
      case 'u':
      case 'h':
        return this.uint32();
      case 'x':
      case 't':
      case 'd':
        this.#align(8);
        return this.#take(8, () => 0); // times and the like: nobody here asks for them
      case 's':
      case 'o':
        return this.#text(this.uint32());
      case 'g':
        return this.#text(this.#take(1, (at) => this.#bytes.readUInt8(at)));
      case 'v': {
        const inner = this.#text(this.#take(1, (at) => this.#bytes.readUInt8(at)));
        return this.#value(typeAt(inner, 0), depth + 1);
      }
      case '(':
        this.#align(8);
        return this.#members(type.slice(1, -1), depth);
      case 'a':
        return type[1] === '{' ? this.#dictionary(type, depth) : this.#array(type.slice(1), depth);
      default:
        throw new RangeError('an unknown D-Bus type');
    }
  }

  #members(signature: string, depth: number): Value[] {
    const values: Value[] = [];
    for (let at = 0; at < signature.length;) {
      const type = typeAt(signature, at);
      at += type.length;
      values.push(this.#value(type, depth + 1));
    }
    return values;
  }

  #array(element: string, depth: number): Value[] {
    const length = this.uint32();
    this.#align(alignmentOf(element));
    const end = this.#at + length;
    const values: Value[] = [];
    while (this.#at < end) values.push(this.#value(element, depth + 1));
    return values;
  }

  #dictionary(type: string, depth: number): Value {
    const entries = this.#array(`(${type.slice(2, -1)})`, depth);
    return new Map(entries.map((entry) => entry as [string, Value]));
  }

  #text(length: number): string {
    return this.#take(length + 1, (at) => this.#bytes.toString('utf8', at, at + length));
  }

  #align(to: number): void {
    this.#at = Math.ceil(this.#at / to) * to;
  }

  #take<T>(size: number, read: (at: number) => T): T {
    const at = this.#at;
    if (at + size > this.#bytes.length) throw new RangeError('a D-Bus message is cut off');
    this.#at = at + size;
    return read(at);
  }
}

/** The complete type that begins at `at` in a signature. */
function typeAt(signature: string, at: number): string {
  const first = signature[at];
  if (first === undefined) throw new RangeError('a D-Bus signature is cut off');
  if (first === 'a') return first + typeAt(signature, at + 1);
  if (first !== '(' && first !== '{') return first;
  let depth = 0;
  for (let end = at; end < signature.length; end++) {
    if ('({'.includes(signature.charAt(end))) depth++;
    if (')}'.includes(signature.charAt(end)) && --depth === 0) return signature.slice(at, end + 1);
  }
  throw new RangeError('a D-Bus signature is cut off');
}

function alignmentOf(type: string): number {
  switch (type.charAt(0)) {
    case 'y':
    case 'g':
    case 'v':
      return 1;
    case 'n':
    case 'q':
      return 2;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:
      return 4;
  }
}
