import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { python } from '../../../scripts/places.ts';
import type { Host } from './server.ts';

/** A notebook whose first cell has an output, whose second waits for a key, and whose third for another. */
export const NOTEBOOK = notebook({ display_name: 'Python 3', language: 'python', name: 'python3' }, [
  { id: 'places', source: 'print("Ghent, Porto")', output: 'Ghent, Porto\n' },
  { id: 'key', source: 'api_key = ' },
  { id: 'again', source: 'again = ' },
]);

/** The same for R. */
export const R_NOTEBOOK = notebook({ display_name: 'R', language: 'R', name: 'ir' }, [
  { id: 'places', source: 'cat("Ghent, Porto")', output: 'Ghent, Porto\n' },
  { id: 'key', source: 'api_key <- ' },
]);

/** A notebook of code cells for a kernel of this name and language. */
export function notebookOf(
  name: string,
  language: string,
  cells: readonly { source: string; metadata?: object; outputs?: readonly object[] }[],
): string {
  return JSON.stringify({
    cells: cells.map(({ source, metadata = {}, outputs = [] }, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata,
      outputs,
      source,
    })),
    metadata: { kernelspec: { name, language, display_name: name }, language_info: { name: language } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/** A notebook for Python with cells of these sources. */
export function pythonNotebook(...sources: readonly string[]): string {
  return notebookOf(
    'python3',
    'python',
    sources.map((source) => ({ source })),
  );
}

interface SampleCell {
  readonly id: string;
  readonly source: string;
  readonly output?: string;
}

function notebook(
  kernelspec: { name: string; language: string; display_name: string },
  cells: readonly SampleCell[],
): string {
  return JSON.stringify({
    cells: cells.map(({ id, source, output }) => ({
      cell_type: 'code',
      execution_count: output === undefined ? null : 1,
      id,
      metadata: {},
      outputs: output === undefined ? [] : [{ name: 'stdout', output_type: 'stream', text: [output] }],
      source: [source],
    })),
    metadata: { kernelspec, language_info: { name: kernelspec.language } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/** A kernel that says that its language is R, as IRkernel does, and of a cell only reads the variables that it names. */
const R_KERNEL = `
import os
import re

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class R(Kernel):
    implementation = "r"
    implementation_version = "1"
    banner = ""
    language_info = {"name": "R", "mimetype": "text/x-r-source", "file_extension": ".r"}

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        done = {"execution_count": self.execution_count}
        for name in re.findall(r'Sys.getenv\\("(\\w+)"\\)', code):
            if name not in os.environ:
                error = {"ename": "ERROR", "evalue": "a variable is empty", "traceback": ["Error: a variable is empty"]}
                self.send_response(self.iopub_socket, "error", error)
                return {**done, "status": "error", **error}
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": f"{len(os.environ[name])}\\n"})
        return {**done, "status": "ok", "payload": [], "user_expressions": {}}


IPKernelApp.launch_instance(kernel_class=R)
`;

/** Adds it to the kernels that a host's user has. */
export async function addRKernel(host: Host): Promise<void> {
  const program = path.join(host.data, 'r.py');
  await writeFile(program, R_KERNEL);
  await addKernel(host, { name: 'ir', language: 'R', command: [host.python, program] });
}

/** Adds bash, of the clone's own environment, to the kernels that a host's user has. */
export async function addBashKernel(host: Host): Promise<void> {
  await addKernel(host, { name: 'bash', language: 'bash', command: [python, '-m', 'bash_kernel'] });
}

async function addKernel(
  { data }: Host,
  { name, language, command }: { name: string; language: string; command: readonly string[] },
): Promise<void> {
  const folder = path.join(data, 'data/kernels', name);
  await mkdir(folder, { recursive: true });
  const spec = { display_name: language, language, argv: [...command, '-f', '{connection_file}'] };
  await writeFile(path.join(folder, 'kernel.json'), JSON.stringify(spec));
}

/** What a notebook of a host holds on disk. */
export async function savedCells({ workspace }: Host, name: string): Promise<{ source: string; outputs: number }[]> {
  const { cells } = JSON.parse(await readFile(path.join(workspace, name), 'utf8')) as {
    cells: { source: string[]; outputs: unknown[] }[];
  };
  return cells.map(({ source, outputs }) => ({ source: source.join(''), outputs: outputs.length }));
}
