import { afterAll } from 'vitest';

type Open = { close(): unknown } | { stop(): unknown };

/**
 * Called in a suite, returns a function that takes what the suite opens and hands it back. All of it is closed after the
 * suite, the last first, also when opening the next thing failed.
 */
export function closing(): <T extends Open>(thing: T) => T {
  const opened: Open[] = [];
  afterAll(async () => {
    for (const thing of opened.reverse()) await ('stop' in thing ? thing.stop() : thing.close());
  });
  return (thing) => {
    opened.push(thing);
    return thing;
  };
}
