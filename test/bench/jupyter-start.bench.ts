import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { python } from '../../scripts/places.ts';

// The measurement is a program of Python, which can load the extension by itself and count the processor time of a server.
const { status } = spawnSync(python, [path.join(import.meta.dirname, 'jupyter_start.py')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
