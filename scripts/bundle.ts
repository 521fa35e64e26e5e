import { bundle } from './build/bundles.ts';
import { failPlainly } from './program.ts';

// The two bundles without packing anything: what the debugger and a single test file need.
failPlainly();
await bundle();
