import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError, type Call, type Command } from './command.ts';
import { EXIT } from './exit.ts';

export const COMMANDS: Record<string, { about: string; load: () => Promise<{ command: Command }> }> = {
  ls: { about: 'list secrets, never their values', load: () => import('./commands/ls.ts') },
  create: {
    about: 'create a secret; the value is typed or comes from standard input',
    load: () => import('./commands/create.ts'),
  },
  replace: { about: 'give a secret a new value', load: () => import('./commands/replace.ts') },
  rm: { about: 'delete a secret', load: () => import('./commands/rm.ts') },
  audit: { about: 'show the audit trail, or verify it', load: () => import('./commands/audit.ts') },
  setup: { about: 'set up the local vault', load: () => import('./commands/setup.ts') },
  unlock: { about: 'unlock the local vault', load: () => import('./commands/unlock.ts') },
  lock: { about: 'lock the local vault', load: () => import('./commands/lock.ts') },
  status: { about: 'show the state of the service and its vaults', load: () => import('./commands/status.ts') },
  stop: { about: 'end the service', load: () => import('./commands/stop.ts') },
  ensure: { about: 'start the service if none runs; for editors', load: () => import('./commands/ensure.ts') },
  serve: { about: 'run the service in the foreground', load: () => import('./commands/serve.ts') },
};
/** Not for people: the process that `ensure` starts. */
const daemon = { load: () => import('./commands/daemon.ts') };

/** Runs one command. Resolves to the exit code; nothing is thrown. `file` is the program itself. */
export async function main(argv: readonly string[], file: string): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === '--version') return say((await import('../service/version.ts')).VERSION);
  if (name === '--help' || name === '-h' || name === 'help') return say(overview());
  const entry = name === 'daemon' ? daemon : Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) return misused('There is no such command. `datalayer-secrets --help` lists them.');
  const { command } = await entry.load();
  const { findPlaces } = await import('../service/places.ts');
  const places = findPlaces();
  let json = rest.includes('--json');
  try {
    const { values, positionals: words } = parse(command, rest);
    if (values['help'] === true) return say(`Usage: datalayer-secrets ${name} ${command.usage}\n\n${command.help}`);
    json = values['json'] === true;
    const [least, most] = command.words;
    if (words.length > most) throw new UsageError(command.tooMany ?? 'There are too many words.');
    if (words.length < least) throw new UsageError('A word is missing.');
    const call: Call = {
      words,
      json,
      places,
      program: [process.execPath, file],
      environment: process.env,
      text(option) {
        const value = values[option];
        return typeof value === 'string' ? value : undefined;
      },
      flag: (option) => values[option] === true,
    };
    return (await command.run(call)) ?? EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError)
      return misused(`${error.message}\nUsage: datalayer-secrets ${name} ${command.usage}`);
    const { report } = await import('./report.ts');
    return report(error, json, places.logFile);
  }
}

function parse(command: Command, args: string[]) {
  try {
    const options: ParseArgsOptionsConfig = {
      ...command.options,
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    };
    return parseArgs({ args, allowPositionals: true, options });
  } catch {
    // Node's own message repeats the argument, which may be a value that does not belong there.
    throw new UsageError('An option is not known, or lacks what belongs to it.');
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const lines = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(width)}${about}`);
  return `Usage: datalayer-secrets <command> [options]\n\n${lines.join('\n')}\n
Every command takes --json for output that programs read, and --help.
A value is never an argument: arguments are seen by every program on this machine.`;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function misused(text: string): number {
  process.stderr.write(`datalayer-secrets: ${text}\n`);
  return EXIT.usage;
}
