import type { Event } from '@jupyterlab/services';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, Stream } from '@lumino/signaling';

import type { Fetch } from '@datalayer-secrets/shared';

import { ActiveNotebook } from '../../../../jupyterlab-plugin/src/kernels/active.ts';
import { KernelEvents, KERNELS_SCHEMA } from '../../../../jupyterlab-plugin/src/kernels/events.ts';
import { KernelSecrets } from '../../../../jupyterlab-plugin/src/kernels/kernel-secrets.ts';
import { KernelRoutes } from '../../../../jupyterlab-plugin/src/kernels/routes.ts';

/** A notebook as far as it is asked where it lies and what runs it. */
export class OpenNotebook {
  readonly context = { path: '', pathChanged: new Signal<object, string>({}) };
  readonly sessionContext = {
    session: null as { kernel: { id: string; status: string } | null } | null,
    kernelChanged: new Signal<object, object>({}),
    statusChanged: new Signal<object, string>({}),
  };
  readonly disposed = new Signal<object, void>({});
  isDisposed = false;
  isVisible = true;

  constructor(path: string, kernel: string | null = 'k-1') {
    this.context.path = path;
    this.#run(kernel);
  }

  get panel(): NotebookPanel {
    return this as unknown as NotebookPanel;
  }

  rename(path: string): void {
    this.context.path = path;
    this.context.pathChanged.emit(path);
  }

  /** Another kernel, or with the id of before the same one, started anew. */
  changeKernel(kernel: string | null): void {
    this.#run(kernel);
    this.sessionContext.kernelChanged.emit({});
  }

  becomes(...statuses: string[]): void {
    for (const status of statuses) this.sessionContext.statusChanged.emit(status);
  }

  close(): void {
    this.isDisposed = true;
    this.disposed.emit();
  }

  #run(kernel: string | null): void {
    this.sessionContext.session = kernel === null ? null : { kernel: { id: kernel, status: 'idle' } };
  }
}

/** What a page has open. */
export class Notebooks {
  readonly currentChanged = new Signal<object, void>({});
  readonly shell = {
    currentWidget: null as NotebookPanel | null,
    currentChanged: new Signal<never, never>({} as never),
  };
  currentWidget: NotebookPanel | null = null;

  /** The user goes to it. */
  show(notebook: OpenNotebook | null): void {
    this.shell.currentWidget = notebook?.panel ?? null;
    if (notebook) this.currentWidget = notebook.panel;
    this.currentChanged.emit();
  }

  /** The user goes to something else, beside it or over it. */
  leave(isVisible: boolean): void {
    (this.currentWidget as unknown as OpenNotebook).isVisible = isVisible;
    this.shell.currentWidget = null;
    this.shell.currentChanged.emit(undefined as never);
  }

  find(test: (one: NotebookPanel) => boolean): NotebookPanel | undefined {
    return this.currentWidget && test(this.currentWidget) ? this.currentWidget : undefined;
  }
}

/** A page over the real client, that shows notebooks. */
export function kernelsOf(jupyter: { readonly origin: string; readonly fetch: Fetch }) {
  const notebooks = new Notebooks();
  const stream = new Stream<object, Event.Emission>({});
  const gaps = new Set<() => void>();
  const active = new ActiveNotebook({
    shell: notebooks.shell,
    notebooks: notebooks as unknown as INotebookTracker,
    contents: {
      driveName: (path) => (path.includes(':') ? (path.split(':', 1)[0] ?? '') : ''),
      localPath: (path) => path.slice(path.indexOf(':') + 1),
    },
  });
  const kernels = new KernelSecrets({
    routes: new KernelRoutes(jupyter),
    events: new KernelEvents(stream),
    active,
    watchGaps: (missed) => {
      gaps.add(missed);
      return () => void gaps.delete(missed);
    },
  });
  return {
    kernels,
    notebooks,
    gaps,
    /** What the server tells all pages. */
    tell: (event: object, schema_id = KERNELS_SCHEMA) => stream.emit({ ...event, schema_id }),
  };
}
