/** How much was done, per second, and how long one call took, in milliseconds. */
export interface Timings {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** Calls `work` from `callers` at once, again and again for `ms` milliseconds. */
export async function measure(callers: number, ms: number, work: () => unknown): Promise<Timings> {
  const took: number[] = [];
  const start = performance.now();
  const caller = async () => {
    while (performance.now() - start < ms) {
      const before = performance.now();
      await work();
      took.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const rate = (took.length / (performance.now() - start)) * 1000;
  took.sort((a, b) => a - b);
  const quantile = (q: number) => took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? 0;
  return { rate, p50: quantile(0.5), p99: quantile(0.99) };
}
