import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { untilEnd } from './program.mjs';

/** The npm-cli.js to run: the one that runs us, else the one on the PATH, else the one beside this Node; null if there is none. */
export function findNpm(env = process.env, execPath = process.execPath) {
  const onPath = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter(Boolean);
  const folders = [...onPath, path.dirname(execPath)];
  const candidates = [
    env.npm_execpath,
    ...folders.flatMap((folder) => [
      linked(path.join(folder, 'npm')),
      path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ]),
    path.resolve(path.dirname(execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return candidates.find((file) => file && path.basename(file) === 'npm-cli.js' && existsSync(file)) ?? null;
}

function linked(file) {
  try {
    return realpathSync(file);
  } catch {
    return null;
  }
}

const QUIET = '--ignore-scripts --no-audit --no-fund --no-progress --no-update-notifier --loglevel=error';
// A registry that does not answer is told within seconds.
const RETRIES = '--fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000';

/**
 * Runs `npm ci` in a folder, without install scripts and without asking anything; it ends with this process.
 * Calls `tick` every 10 seconds. Rejects with npm's own last words.
 */
export function npmCi(folder, { node, npm, flags = [], tick }) {
  const args = [npm, 'ci', ...QUIET.split(' '), ...RETRIES.split(' '), ...flags];
  return untilEnd('npm', node, args, { cwd: folder, env: cleanEnv(node), tick });
}

/** What an outer `npm start` leaves in the environment would point this npm at the outer package; the user's own settings stay. */
function cleanEnv(node) {
  const outer = /^npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_workspace)/;
  const kept = Object.entries(process.env).filter(([name]) => !outer.test(name));
  return { ...Object.fromEntries(kept), PATH: path.dirname(node) + path.delimiter + (process.env.PATH ?? '') };
}
