// Every `npm start|test|build|bench|lint` comes through here: it brings what the task needs into the clone, once, and then
// runs the task on the clone's own Node 24. Plain JavaScript without dependencies, because nothing is installed yet.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 18;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const base = ['node', 'workspaces'];
const withPython = [...base, 'jupyter'];
const editors = { vscode: [...base, 'codeServer'], jupyter: withPython };
const all = [...withPython, 'codeServer'];
const TASKS = {
  start: (args) => editors[args.find((arg) => Object.hasOwn(editors, arg))] ?? all,
  test: (args) => (args.length === 0 || args.includes('hosts') ? [...all, 'wheels'] : withPython),
  build: () => withPython,
  watch: () => withPython,
  bundle: () => withPython,
  bench: () => withPython,
  lint: () => withPython,
  pictures: () => [...all, 'wheels'],
  'test-desktop': () => base,
};

const [task, ...args] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  fail(
    `This is Node ${process.versions.node}; the set-up needs Node ${OLDEST_NODE} or newer (it brings Node 24 for everything else).`,
  );
} else if (!TASKS[task]) {
  fail(`Usage: npm ${Object.keys(TASKS).join(' | npm run ')}`);
} else {
  const { nodeBinary, setUp, SetUpError } = await import('./setup/set-up.mjs');
  const interrupted = () => process.exit(130); // which ends npm too
  for (const signal of SIGNALS) process.on(signal, interrupted);
  try {
    await setUp(TASKS[task](args), (line) => console.log(line));
    for (const signal of SIGNALS) process.off(signal, interrupted);
    process.exitCode = await run(nodeBinary(), path.join(fileURLToPath(new URL('.', import.meta.url)), `${task}.ts`));
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    fail(error.message);
  }
}

/** Runs the task, hands signals on, and ends as it ends. */
function run(node, script) {
  const env = { ...process.env, PATH: path.dirname(node) + path.delimiter + (process.env.PATH ?? '') };
  const child = spawn(node, [script, ...args], { stdio: 'inherit', env });
  // Ctrl-C reaches the child by itself, being in the same terminal; this process only has to outlive it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // An npm that is told to end does not tell us; it is only gone.
  const npm = process.ppid;
  const watch = setInterval(() => process.ppid !== npm && child.kill('SIGTERM'), 500);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
