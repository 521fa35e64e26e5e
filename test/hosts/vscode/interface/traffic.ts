import { readFile } from 'node:fs/promises';

/** Shorter than the head of any request or event; wake-ups between threads of a process count eight bytes each. */
export const LESS_THAN_A_REQUEST = 60;

export interface Traffic {
  readonly read: number;
  readonly written: number;
}

/** How many bytes a process has read and written so far, from sockets and files alike, as the system counts them. */
export async function traffic(pid: number): Promise<Traffic> {
  const counts = await readFile(`/proc/${pid}/io`, 'utf8');
  const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(counts)?.[1]);
  return { read: count('rchar'), written: count('wchar') };
}

/** What a process reads and writes from now on, for so many milliseconds. It must still be there then. */
export async function trafficOf(pid: number, ms: number): Promise<Traffic> {
  const before = await traffic(pid);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await traffic(pid);
  return { read: after.read - before.read, written: after.written - before.written };
}
