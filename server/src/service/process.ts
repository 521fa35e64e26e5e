/**
 * What holds for the whole process of a service. Files it makes are the owner's alone; and nothing prints: libraries
 * write errors with their text to the console, and a text may hold anything.
 */
export function guardProcess(): void {
  process.umask(0o077);
  const silent = () => undefined;
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) console[method] = silent;
}
