import childProcess from 'node:child_process';
import { registerHooks, syncBuiltinESMExports } from 'node:module';

/**
 * Loaded into VS Code by NODE_OPTIONS. Its logs are written by a native module, which the installation without compiler
 * lacks, so that they would be kept in memory only. With this they lie in files and are shown, as in any other VS Code.
 */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== '@vscode/spdlog') return next(specifier, context);
    return { url: new URL('./spdlog.ts', import.meta.url).href, format: 'module-typescript', shortCircuit: true };
  },
});

// The server takes NODE_OPTIONS from the environment of extension hosts.
const { fork } = childProcess;
const { NODE_OPTIONS } = process.env;
childProcess.fork = ((file: string, args: string[], options: childProcess.ForkOptions = {}) =>
  fork(file, args, { ...options, env: { ...(options.env ?? process.env), NODE_OPTIONS } })) as typeof fork;
syncBuiltinESMExports();
