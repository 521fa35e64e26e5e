import { spawn } from 'node:child_process';

// `node leash.ts program args…`, started as the leader of a process group with a pipe for standard input: runs the program
// until it ends or the pipe closes, which it does even when whoever holds it is killed. Nothing of the group outlives it.
const END_MS = 5_000;

const [program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('exit', endGroup);
child.on('error', endGroup);

process.stdin.resume();
process.stdin.on('close', () => {
  child.kill('SIGTERM');
  setTimeout(endGroup, END_MS);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.stdin.destroy());

function endGroup(): void {
  process.kill(-process.pid, 'SIGKILL'); // this process too
}
