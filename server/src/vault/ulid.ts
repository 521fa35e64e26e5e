const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const ULID_LENGTH = 26;
const TIME_LENGTH = 10;
const RANDOM_BYTES = 10;

/**
 * Makes ULIDs (https://github.com/ulid/spec) that always grow, also within a millisecond and when the clock steps back.
 */
export class UlidSource {
  readonly #randomBytes: (size: number) => Buffer;
  #last: string;

  /** @param last the largest one that exists, or '' */
  constructor(randomBytes: (size: number) => Buffer, last = '') {
    this.#randomBytes = randomBytes;
    this.#last = last;
  }

  next(now: number): string {
    const time = timePart(now);
    const last = this.#last.slice(0, TIME_LENGTH);
    this.#last = time > last ? time + randomPart(this.#randomBytes(RANDOM_BYTES)) : increment(this.#last);
    return this.#last;
  }
}

function timePart(now: number): string {
  let rest = Math.max(0, Math.floor(now));
  let text = '';
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** 80 bits in 16 characters. The first bit is left clear, so that counting up has room. */
function randomPart(bytes: Buffer): string {
  let text = '';
  for (let i = 0; i < RANDOM_BYTES; i += 5) {
    let high = (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0); // 16 bits, then 24: two numbers stay exact
    const low = (bytes[i + 2] ?? 0) * 65_536 + (bytes[i + 3] ?? 0) * 256 + (bytes[i + 4] ?? 0);
    if (i === 0) high &= 0x7fff;
    const bits = high * 2 ** 24 + low;
    for (let shift = 35; shift >= 0; shift -= 5) text += ALPHABET.charAt(Math.floor(bits / 2 ** shift) % 32);
  }
  return text;
}

function increment(ulid: string): string {
  for (let i = ulid.length - 1; i >= 0; i--) {
    const digit = ALPHABET.indexOf(ulid.charAt(i));
    if (digit < 31) return ulid.slice(0, i) + ALPHABET.charAt(digit + 1) + '0'.repeat(ulid.length - 1 - i);
  }
  throw new RangeError('no larger ULID');
}
