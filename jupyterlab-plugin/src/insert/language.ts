import type { NotebookPanel } from '@jupyterlab/notebook';

/** Those whose name is not in their MIME type. */
const NAMES: Readonly<Record<string, string>> = {
  'text/x-rsrc': 'r',
  'text/jsx': 'javascriptreact',
  'text/typescript-jsx': 'typescriptreact',
};

/** The name of a language by the MIME type that JupyterLab's editors go by: `text/x-python` is `python`. */
export function languageOfMime(mimeType: string): string {
  return NAMES[mimeType] ?? mimeType.replace(/^[a-z]+\/(?:x-)?/, '');
}

/**
 * What the kernel of a notebook calls its language, as JupyterLab writes it into the notebook when a kernel has started; before
 * that what the notebook says, then what the chosen kernel is made for. Empty while nobody knows.
 */
export function languageOfNotebook({ model, sessionContext }: NotebookPanel): string {
  const { language_info: info, kernelspec } = (model?.metadata ?? {}) as {
    language_info?: { name?: unknown };
    kernelspec?: { language?: unknown };
  };
  const kernel = sessionContext.session?.kernel?.name ?? sessionContext.kernelPreference.name ?? '';
  const made = sessionContext.specsManager.specs?.kernelspecs[kernel]?.language;
  const names = [info?.name, kernelspec?.language, made];
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? '';
}
