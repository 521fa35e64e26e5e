import { searchBench } from './search.ts';

/** Search of 10,000 secrets by name, description and type. Goal: each query under 4 ms. */
const { buildMs, medianMs, fastestMs } = searchBench({ rounds: 101 });
console.log(`search of 10,000 secrets (index built once per list in ${buildMs.toFixed(0)} ms)`);
for (const [query, median] of Object.entries(medianMs)) {
  console.log(`  ${query.padEnd(20)} p50 ${median.toFixed(2)} ms, best ${fastestMs[query]?.toFixed(2) ?? ''} ms`);
}
