import path from 'node:path';
import { findChromium, playwrightBrowsers } from '../../test/hosts/browser.ts';
import { keyringMissing } from '../../test/fixtures/keyring.ts';
import { root } from '../places.ts';
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
  readonly rKernel?: Missing;
}

const isRoot = process.getuid?.() === 0;

/** Looks for what only tests need; brings it where that takes no more than this clone or, as root, Debian's packages. */
export async function prerequisites({ browser }: { browser: boolean }): Promise<Prerequisites> {
  const packages = [
    ...(browser && !(await chromiumWorks()) ? ['chromium', 'fonts-dejavu-core'] : []),
    ...(keyringMissing() ? ['dbus', 'gnome-keyring'] : []),
    ...((await rKernelWorks()) ? [] : ['r-cran-irkernel']),
  ];
  if (packages.length > 0 && isRoot) await aptInstall(packages);
  if (browser && !(await chromiumWorks())) await bringBrowser();
  return {
    ...(browser && !(await chromiumWorks()) && { browser: { what: 'no Chromium', line: apt('chromium') } }),
    ...(keyringMissing() && { keyring: { what: 'no gnome-keyring', line: apt('dbus gnome-keyring') } }),
    ...(!(await rKernelWorks()) && { rKernel: { what: 'no R with IRkernel', line: apt('r-cran-irkernel') } }),
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

async function rKernelWorks(): Promise<boolean> {
  const test = 'quit(status = !requireNamespace("IRkernel", quietly = TRUE))';
  return (await endOfProgram('Rscript', ['-e', test], { cwd: root })).code === 0;
}

async function bringBrowser(): Promise<void> {
  console.log('Fetching a Chromium for the tests …');
  const cli = path.join(root, 'node_modules/playwright-core/cli.js');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: playwrightBrowsers };
  const { code, output } = await endOf([cli, 'install', 'chromium', '--no-shell'], { cwd: root, env });
  if (code !== 0) console.log(`  did not work: ${complaint(output)}`);
}

/** The line that says what went wrong; a stack often follows it. */
function complaint(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => /\berror\b|\bfail/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
