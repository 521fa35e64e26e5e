import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Show its output as it comes; otherwise only when it fails. */
  readonly show?: boolean | undefined;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly ms: number;
}

/** Runs a program of this clone on the Node that runs us, to its end. */
export async function endOf(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  return endOfProgram(process.execPath, args, options);
}

/** Runs any program to its end, or to ours; 127 when there is no such program. */
export function endOfProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const { cwd, env = process.env, show = false } = options;
  const started = Date.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  const chunks: string[] = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      if (show) to.write(text);
    });
  }
  return new Promise((resolve) => {
    const end = (code: number) => {
      process.off('exit', kill);
      resolve({ code, output: chunks.join(''), ms: Date.now() - started });
    };
    child.on('error', (error) => {
      chunks.push(error.message);
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** A program did not do its part; the message says which and what it said. */
export class ProgramFailed extends Error {}

/** From here on, such a failure ends this process with its message alone: the stack would tell nothing more. */
export function failPlainly(): void {
  process.once('uncaughtException', (error) => {
    console.error(error instanceof ProgramFailed ? error.message : error);
    process.exit(1);
  });
}

/** Like `endOf`, but an end other than 0 is an error. */
export async function must(title: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { code, output } = await endOf(args, options);
  if (code !== 0) throw new ProgramFailed(`${title} failed:\n${output}`);
  return output;
}
