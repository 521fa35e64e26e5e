import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { untilEnd } from './program.mjs';

/** Oldest Python that the locked packages run on. */
const OLDEST = [3, 11];

/** Why there is no usable Python here, as one sentence with what to do; null if there is one. */
export function pythonProblem() {
  const test = `import sys, ensurepip, venv; sys.exit(0 if sys.version_info >= (${OLDEST.join(', ')}) else 3)`;
  const { error, status } = spawnSync('python3', ['-c', test], { stdio: 'ignore' });
  const install = 'install it (Debian: apt-get install python3 python3-venv) and run this again.';
  if (error) return `Python was not found; ${install}`;
  if (status === 3) return `Python ${OLDEST.join('.')} or newer is needed, and python3 is older; ${install}`;
  return status === 0 ? null : `Python's venv module was not found; ${install}`;
}

/**
 * Makes an empty virtual environment. JupyterLab runs a script in it with the Node that it finds, if any, and fails noisily where
 * the package.json above says that scripts are ES modules, as that of this repository does.
 */
export async function makeVenv(folder, options) {
  await run('python3', ['-m', 'venv', '--clear', folder], options);
  writeFileSync(path.join(folder, 'package.json'), '{}\n');
}

/** Runs pip of a virtual environment: nothing but the files whose hashes are in the given lists. */
export function pip(python, command, lists, options) {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2'];
  const wanted = lists.flatMap((list) => ['-r', list]);
  return run(
    python,
    ['-m', 'pip', command, ...quiet, '--require-hashes', '--only-binary', ':all:', ...wanted],
    options,
  );
}

function run(program, args, { flags = [], tick }) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: undefined, PYTHONPATH: undefined };
  return untilEnd(program, program, [...args, ...flags], { env, tick });
}
