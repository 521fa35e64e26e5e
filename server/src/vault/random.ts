import { randomBytes } from 'node:crypto';

const POOL_BYTES = 8192;
const LARGEST = 256;

/** Random bytes of the system, drawn many at a time: a draw costs as much as sealing does. No byte is given out twice. */
export function pooledRandomBytes(): (size: number) => Buffer {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (size) => {
    if (size > LARGEST) return randomBytes(size);
    if (at + size > pool.length) {
      pool = randomBytes(POOL_BYTES);
      at = 0;
    }
    return pool.subarray(at, (at += size));
  };
}
