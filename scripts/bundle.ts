import { bundle } from './build/bundles.ts';
import { hostTarget } from './build/targets.ts';
import { carryService } from './build/wheel.ts';
import { failPlainly } from './program.ts';

// The bundles without packing anything: what the debugger and a single test file need.
failPlainly();
await bundle();
await carryService([hostTarget()]);
