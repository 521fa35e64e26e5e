import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents, Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

/** Where a notebook of this page lies, and what runs it. */
export interface NotebookPlace {
  /** As the contents of the server are named: without a drive. */
  readonly path: string;
  /** Id of its kernel. */
  readonly kernel: string | null;
  /** False: it lies on a drive of another provider, which the Jupyter server knows nothing of. */
  readonly onServer: boolean;
}

/** `started`: its kernel has begun anew. `ran`: it has done something. */
export type Stir = 'started' | 'ran';

/** Of drives that show the server's own files. `RTC` is that of jupyter-collaboration. */
const OF_SERVER = ['', 'RTC'];

export interface ActiveOptions {
  readonly shell: Pick<JupyterFrontEnd.IShell, 'currentWidget' | 'currentChanged'>;
  readonly notebooks: INotebookTracker | null;
  readonly contents: Pick<Contents.IManager, 'driveName' | 'localPath'>;
}

/** The notebook that the user works in, or sees beside what they work in. */
export class ActiveNotebook {
  /** It is another one, or lies elsewhere, or has another kernel. */
  readonly changed = new Signal<this, void>(this);
  /** Its kernel moved. */
  readonly stirred = new Signal<this, Stir>(this);
  readonly #options: ActiveOptions;
  #panel: NotebookPanel | null = null;
  #place: NotebookPlace | null = null;
  #status: Kernel.Status | null = null;

  constructor(options: ActiveOptions) {
    this.#options = options;
    const look = (): void => this.#look();
    options.notebooks?.currentChanged.connect(look);
    options.shell.currentChanged?.connect(look);
    look();
  }

  /** Another object only when something in it is. */
  get place(): NotebookPlace | null {
    return this.#place;
  }

  get panel(): NotebookPanel | null {
    return this.#panel;
  }

  placeOf({ context, sessionContext }: NotebookPanel): NotebookPlace {
    const { contents } = this.#options;
    return {
      path: contents.localPath(context.path),
      kernel: sessionContext.session?.kernel?.id ?? null,
      onServer: OF_SERVER.includes(contents.driveName(context.path)),
    };
  }

  #look(): void {
    const { shell, notebooks } = this.#options;
    const inSight = notebooks?.currentWidget?.isVisible === true ? notebooks.currentWidget : null;
    const panel = notebooks?.find((one) => one === shell.currentWidget) ?? inSight;
    if (panel !== this.#panel) {
      this.#unfollow();
      this.#panel = panel;
      if (panel) this.#follow(panel);
    }
    this.#settle();
  }

  #follow({ context, sessionContext, disposed }: NotebookPanel): void {
    this.#status = sessionContext.session?.kernel?.status ?? null;
    context.pathChanged.connect(this.#settle, this);
    sessionContext.kernelChanged.connect(this.#begin, this);
    sessionContext.statusChanged.connect(this.#hear, this);
    disposed.connect(this.#look, this);
  }

  #unfollow(): void {
    const { context, sessionContext, disposed } = this.#panel ?? {};
    context?.pathChanged.disconnect(this.#settle, this);
    sessionContext?.kernelChanged.disconnect(this.#begin, this);
    sessionContext?.statusChanged.disconnect(this.#hear, this);
    disposed?.disconnect(this.#look, this);
  }

  #settle(): void {
    const place = this.#panel?.isDisposed === false ? this.placeOf(this.#panel) : null;
    if (JSON.stringify(place) === JSON.stringify(this.#place)) return;
    this.#place = place;
    this.changed.emit();
  }

  /** Told after a restart, too: of the same kernel then. */
  #begin(): void {
    const before = this.#place;
    this.#settle();
    if (this.#place === before) this.stirred.emit('started');
  }

  #hear(_: unknown, status: Kernel.Status): void {
    const before = this.#status;
    if (status === before) return;
    this.#status = status;
    if (status === 'idle') this.stirred.emit(before === 'busy' ? 'ran' : 'started');
  }
}
