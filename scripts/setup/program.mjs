import { spawn } from 'node:child_process';

/**
 * Runs a program to its end; it ends with this process. Calls `tick` every 10 seconds. Rejects with the program's last words; `name`
 * is what it is called where it had none.
 */
export function untilEnd(name, program, args, { cwd, env, tick }) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said = (said + text).slice(-4000)));
  const timer = setInterval(tick, 10_000);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(timer);
      process.off('exit', kill);
      if (code === 0) resolve();
      else reject(new Error(said.trim() || `${name} ended with ${signal ?? code}`));
    });
  });
}
