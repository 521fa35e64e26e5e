import { bundle } from './build/bundles.ts';

// The two bundles without packing anything: what the debugger and a single test file need.
await bundle();
