/** A notebook whose first cell has an output and whose second waits for a key. */
export const NOTEBOOK = JSON.stringify({
  cells: [
    {
      cell_type: 'code',
      execution_count: 1,
      id: 'places',
      metadata: {},
      outputs: [{ name: 'stdout', output_type: 'stream', text: ['Ghent, Porto\n'] }],
      source: ['print("Ghent, Porto")'],
    },
    { cell_type: 'code', execution_count: null, id: 'key', metadata: {}, outputs: [], source: ['api_key = '] },
  ],
  metadata: {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python' },
  },
  nbformat: 4,
  nbformat_minor: 5,
});

export const SCRIPT = 'headers = {"X-Api-Key": ""}\n';
