/** What each line of a result starts with: the workbench logs much else. */
export const PREFIX = '@@in-host ';

/** One test that ran inside the editor. */
export interface InHostResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  /** The error with its stack, or why it was skipped. */
  readonly message?: string;
}

class Skipped extends Error {}

interface Registered {
  readonly name: string;
  readonly body: () => Promise<void> | void;
  readonly timeoutMs: number;
}

const tests: Registered[] = [];
let current = '';

/** From here on, tests belong to this file. */
export function file(name: string): void {
  current = name;
}

/** Registers a test; tests run one after another, in the order of the files and in the files. */
export function test(title: string, body: () => Promise<void> | void, { timeoutMs = 30_000 } = {}): void {
  tests.push({ name: `${current} > ${title}`, body, timeoutMs });
}

/** Ends the running test as skipped. */
export function skip(reason: string): never {
  throw new Skipped(reason);
}

/** What the extension host calls. One line a test; rejects when one failed. */
export async function run(): Promise<void> {
  let failures = 0;
  for (const entry of tests) {
    const result = await perform(entry);
    if (result.state === 'failed') failures += 1;
    console.log(PREFIX + JSON.stringify(result));
  }
  if (failures > 0) throw new Error(`${failures} of ${tests.length} tests failed`);
}

async function perform({ name, body, timeoutMs }: Registered): Promise<InHostResult> {
  const started = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([body(), late]);
    return { name, state: 'passed', ms: Date.now() - started };
  } catch (error) {
    const ms = Date.now() - started;
    if (error instanceof Skipped) return { name, state: 'skipped', ms, message: error.message };
    return {
      name,
      state: 'failed',
      ms,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  } finally {
    clearTimeout(timer);
  }
}
