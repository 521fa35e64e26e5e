import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findChromium, playwrightBrowsers } from '../../test/hosts/vscode/browser.ts';
import { keyringMissing } from '../../test/fixtures/keyring.ts';
import { root, tools } from '../places.ts';
import { endOf, endOfProgram } from '../program.ts';

/** What cannot be had on this machine, and the line that would bring it. */
export interface Missing {
  readonly what: string;
  readonly line: string;
}

export interface Prerequisites {
  /** Absent: it is there. */
  readonly browser?: Missing;
  readonly keyring?: Missing;
  readonly python?: Missing;
}

const isRoot = process.getuid?.() === 0;

/** Looks for what only tests need; brings it where that takes no more than this clone or, as root, Debian's packages. */
export async function prerequisites({ browser }: { browser: boolean }): Promise<Prerequisites> {
  const packages = [
    ...(browser && !(await chromiumWorks()) ? ['chromium', 'fonts-dejavu-core'] : []),
    ...(keyringMissing() ? ['dbus', 'gnome-keyring'] : []),
    ...((await pythonWorks()) ? [] : ['python3', 'python3-venv']),
  ];
  if (packages.length > 0 && isRoot) await aptInstall(packages);
  if (browser && !(await chromiumWorks())) await bringBrowser();
  return {
    ...(browser && !(await chromiumWorks()) && { browser: { what: 'no Chromium', line: apt('chromium') } }),
    ...(keyringMissing() && { keyring: { what: 'no gnome-keyring', line: apt('dbus gnome-keyring') } }),
    ...((await bringPythonKeyring()) ?? {}),
  };
}

function apt(packages: string): string {
  return `${isRoot ? '' : 'sudo '}apt-get install -y ${packages}`;
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  console.log(`Installing for the tests, with apt-get: ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]) => endOfProgram('apt-get', args, { cwd: root, env });
  const updated = await run('update');
  const installed = await run('install', '-y', '--no-install-recommends', ...packages);
  if (installed.code !== 0) console.log(`  did not work: ${complaint(installed.output) || complaint(updated.output)}`);
}

/** It is there and starts: a browser whose libraries are missing does not even tell its version. */
async function chromiumWorks(): Promise<boolean> {
  const file = findChromium();
  return file !== null && (await endOfProgram(file, ['--version'], { cwd: root })).code === 0;
}

async function bringBrowser(): Promise<void> {
  console.log('Fetching a Chromium for the tests …');
  const cli = path.join(root, 'node_modules/playwright-core/cli.js');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: playwrightBrowsers };
  const { code, output } = await endOf([cli, 'install', 'chromium', '--no-shell'], { cwd: root, env });
  if (code !== 0) console.log(`  did not work: ${complaint(output)}`);
}

async function pythonWorks(): Promise<boolean> {
  const hasVenv = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))';
  return existsSync(pythonStamp) || (await endOfProgram('python3', ['-c', hasVenv], { cwd: root })).code === 0;
}

const venv = path.join(tools, 'python-keyring');
const pythonStamp = path.join(venv, 'done');
const requirements = path.join(root, 'scripts/setup/python-keyring/requirements.txt');

/** A virtual environment with Python's `keyring`: the other side of the keychain tests. */
async function bringPythonKeyring(): Promise<{ python: Missing } | null> {
  const stamp = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  if (existsSync(pythonStamp) && (await readFile(pythonStamp, 'utf8')) === stamp) return null;
  if (!(await pythonWorks()))
    return { python: { what: 'no Python 3.10 with venv', line: apt('python3 python3-venv') } };
  console.log('Setting up Python keyring for the tests (once) …');
  await rm(venv, { recursive: true, force: true });
  const python = path.join(venv, 'bin/python');
  const made = await endOfProgram('python3', ['-m', 'venv', venv], { cwd: root });
  const filled = await endOfProgram(
    python,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
    { cwd: root },
  );
  if (filled.code !== 0) {
    console.log(`  did not work: ${complaint(filled.output) || complaint(made.output)}`);
    return {
      python: {
        what: 'no Python keyring',
        line: `.tools/python-keyring/bin/pip install -r ${path.relative(root, requirements)}`,
      },
    };
  }
  await writeFile(pythonStamp, stamp);
  return null;
}

/** The line that says what went wrong; a stack often follows it. */
function complaint(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => /\berror\b|\bfail/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
