/** What is said of a notebook and its kernel. */
import { explain, oneLine, type Translate } from '@datalayer-secrets/shared';

import type { ActiveState } from '../kernels/kernel-secrets.ts';
import type { NotebookSecret, NotebookState } from '../kernels/notebook-state.ts';

/** The name of a notebook by its path, which may be one of another system. */
export function nameOfNotebook(path: string): string {
  return oneLine(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
}

/** The state of its kernel, in words: when what is allowed gets there, or why it does not. */
export function kernelWords(t: Translate, state: ActiveState): string {
  switch (state.kind) {
    case 'none':
    case 'unknown':
      return '';
    case 'elsewhere':
      return t(
        'It does not lie on the Jupyter server, so no secret gets into its kernel. Save it on the server to use secrets.',
      );
    case 'failed': {
      const { kind, what, advice } = explain(state.error, t);
      return kind === 'no_service' && state.error.details['reason'] === 'extension'
        ? t(
            'The server part of Datalayer Secrets is older and brings no secrets to kernels. Update jupyterlab-datalayer-secrets where the server runs, then restart the server.',
          )
        : `${what} ${advice}`;
    }
    case 'known':
      return [knownWords(t, state.notebook), forgotten(t, state.notebook)].filter(Boolean).join(' ');
  }
}

function knownWords(t: Translate, { possible, why, kernel }: NotebookState): string {
  if (!possible)
    return why === 'gateway'
      ? t('Kernels of this server run behind a gateway, where no secret reaches them: set the variables there.')
      : t('This kernel runs on another machine, where no secret reaches it: set the variables there.');
  switch (kernel) {
    case 'none':
      return t('No kernel runs. One gets what you allow when it starts.');
    case 'live':
      return t('The kernel gets what you allow with the next cell that runs.');
    case 'start':
      return t('The kernel gets what you allow only when it starts.');
    case 'before':
      return t('The kernel runs since before Datalayer Secrets was there. Once started anew, it gets what you allow.');
  }
}

function forgotten(t: Translate, { possible, stored }: NotebookState): string {
  return possible && stored === 'memory'
    ? t('The place of this notebook is no file of the server: what you allow is forgotten when the server ends.')
    : '';
}

/** How a secret stands in the kernel of the notebook. */
export function secretWords(t: Translate, { state, granted, reason }: NotebookSecret): string {
  switch (state) {
    case 'no_kernel':
      return t('There when a kernel starts');
    case 'in_kernel':
      return t('In this kernel');
    case 'next_cell':
      return granted ? t('There from the next cell on') : t('Gone from the next cell on');
    case 'restart':
      return granted ? t('There once the kernel is restarted') : t('In the kernel until it is restarted');
    case 'before':
      return t('The kernel runs since before Datalayer Secrets was there: restart it');
    case 'left_out':
    case 'missing':
      return reasonWords(t, reason);
  }
}

/** Why something that is allowed is not in the environment of the kernel. */
export function reasonWords(t: Translate, reason: string | null): string {
  switch (reason) {
    case 'never_exported':
      return t('Never put into a kernel’s environment: code would run otherwise than expected.');
    case 'nul':
      return t('The value holds a NUL, which no environment takes.');
    case 'too_long':
      return t('Longer than the 32,000 bytes that an environment takes.');
    case 'too_much':
      return t('Beyond the 256 KB that an environment takes in all.');
    case 'shared':
      return t('Another notebook has the same kernel and may not use it.');
    case 'not_found':
      return t('No secret has this name any more.');
    case 'locked':
      return t('Your secrets are locked.');
    case 'no_service':
      return t('The secrets service does not run.');
    case 'timeout':
      return t('No answer came in time; the next cell asks again.');
    case null:
    default:
      return t('It could not be read.');
  }
}

/** Secrets that are allowed and not in the environment, those with the same reason together. */
export function leftOut({
  secrets,
}: NotebookState): (Pick<NotebookSecret, 'state' | 'reason'> & { names: string[] })[] {
  const found = new Map<string | null, ReturnType<typeof leftOut>[number]>();
  for (const { state, reason, name } of secrets) {
    if (state !== 'left_out' && state !== 'missing') continue;
    const same = found.get(reason);
    if (same) same.names.push(name);
    else found.set(reason, { state, reason, names: [name] });
  }
  return [...found.values()];
}

/** Whether something comes to be so only when the kernel is started anew. */
export function wantsRestart({ possible, secrets }: NotebookState): boolean {
  return possible && secrets.some(({ state }) => state === 'restart' || state === 'before');
}
