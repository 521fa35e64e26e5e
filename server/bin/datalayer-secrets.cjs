#!/usr/bin/env node
// The command `datalayer-secrets`. It must parse on any Node, so that an old one can say what is missing: no syntax newer
// than Node 12 has.
'use strict';
const { existsSync } = require('fs');
const { dirname, join } = require('path');

const service = join(__dirname, '..', 'dist', 'service.cjs');
const [major, minor] = process.versions.node.split('.').map(Number);
/** 22.13 is the first Node that has SQLite without a flag; 23 got it with 23.4. */
const isEnough = (major > 22 && !(major === 23 && minor < 4)) || (major === 22 && minor >= 13);

if (!existsSync(service)) fail('The service is not built yet: run `npm run build` first.');
else if (isEnough) start();
else {
  const node = findNode();
  if (node === undefined) {
    fail(
      'This Node is ' +
        process.version +
        '; 22.13 or newer is needed. Install it, or `npm i -g node-' +
        platform() +
        '` beside this program.',
    );
  } else runWith(node);
}

function start() {
  const { enableCompileCache } = require('module');
  if (process.env.NODE_COMPILE_CACHE === undefined) {
    const home = process.env.DATALAYER_SECRETS_HOME || join(require('os').homedir(), '.datalayer', 'secrets');
    const cache = join(home, 'cache');
    // Only where the service has made it: for its owner alone.
    if (existsSync(cache)) enableCompileCache(cache);
  }
  process.argv[1] = service;
  require(service);
}

/** The Node that was installed beside this program: in the clone, or as a package that can be resolved from here. */
function findNode() {
  const name = 'node-' + platform();
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [join(__dirname, '..', '..', '.tools', 'node', 'node_modules', name, 'bin', file)];
  try {
    candidates.push(join(dirname(require.resolve(name + '/package.json')), 'bin', file));
  } catch {
    // not installed
  }
  return candidates.find((candidate) => existsSync(candidate));
}

/** As npm's packages of Node binaries are called. */
function platform() {
  return (process.platform === 'win32' ? 'win' : process.platform) + '-' + process.arch;
}

function runWith(node) {
  const child = require('child_process').spawn(node, [module.filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends Ctrl-C to both; the child decides when it is over.
  signals.forEach((signal) => process.on(signal, () => signal !== 'SIGINT' && child.kill(signal)));
  child.on('error', () => fail('The Node installed beside this program cannot be started.'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      signals.forEach((name) => process.removeAllListeners(name));
      process.kill(process.pid, signal);
    }
  });
}

function fail(sentence) {
  process.stderr.write('datalayer-secrets: ' + sentence + '\n');
  process.exitCode = 1;
}
