import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 1_000_000;
const KEPT = 3;

/**
 * What a line may say. There is no field for free text: a value, token, name or path of a request has no way in.
 * `route` is the pattern of a route, `failure` the class name of an unexpected error, `where` a place in our own code.
 */
export interface LogFields {
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly code?: string;
  readonly scope?: string;
  readonly vault?: string;
  readonly version?: string;
  readonly pid?: number;
  readonly port?: number;
  readonly state?: string;
  readonly slot?: string;
  readonly failure?: string;
  readonly where?: string;
  readonly count?: number;
}

const FIELDS = [
  'route',
  'method',
  'status',
  'ms',
  'code',
  'scope',
  'vault',
  'version',
  'pid',
  'port',
  'state',
  'slot',
  'failure',
  'where',
  'count',
] as const satisfies readonly (keyof LogFields)[];

/** `event` is a constant of the code, never made from input. */
export type Log = (event: string, fields?: LogFields) => void;

/** Appends JSON lines to `service.log`; older ones move on to `.1` … `.3`. A log that cannot be written stops nothing. */
export function openLog(folder: string, now: () => number): Log {
  const path = join(folder, 'service.log');
  let fd: number | null = null;
  let size = 0;
  return (event, fields = {}) => {
    const line: Record<string, unknown> = { at: new Date(now()).toISOString(), event };
    for (const field of FIELDS) if (fields[field] !== undefined) line[field] = fields[field];
    try {
      if (fd === null || size > MAX_BYTES) {
        if (fd !== null) closeSync(fd);
        if (fd !== null || sizeOf(path) > MAX_BYTES) rotate(path);
        fd = openSync(path, 'a', 0o600);
        size = fstatSync(fd).size;
      }
      size += writeSync(fd, `${JSON.stringify(line)}\n`);
    } catch {
      fd = null;
    }
  };
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  const fd = openSync(path, 'r');
  try {
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

function rotate(path: string): void {
  for (let n = KEPT - 1; n >= 0; n--) {
    const from = n === 0 ? path : `${path}.${n}`;
    if (existsSync(from)) renameSync(from, `${path}.${n + 1}`);
  }
}

/**
 * What may be told of an unexpected error: its class, and the file and line of our own code where it arose. Its message
 * may hold anything and is not looked at.
 */
export function causeOf(error: unknown): LogFields {
  if (!(error instanceof Error)) return { failure: typeof error };
  const head = `${error.name}: ${error.message}`;
  const calls = error.stack?.startsWith(head) === true ? error.stack.slice(head.length) : '';
  return { failure: error.name, where: /([\w-]+\.(?:ts|cjs):\d+:\d+)/.exec(calls)?.[1] ?? 'unknown' };
}
