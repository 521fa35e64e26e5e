import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { python } from '../../scripts/places.ts';

// The measurement is a program of Python, which speaks as a page does and reads the processor time of other processes.
const { status } = spawnSync(python, [path.join(import.meta.dirname, 'kernels')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
