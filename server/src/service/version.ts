declare const SERVICE_VERSION: string | undefined;

/** Set by the build; from source it is the version of the next release. */
export const VERSION = typeof SERVICE_VERSION === 'string' ? SERVICE_VERSION : '0.1.0';

/** Orders versions by their three numbers; anything behind them is ignored. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
}
