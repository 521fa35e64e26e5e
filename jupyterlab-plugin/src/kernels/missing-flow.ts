import { failure, oneLine, toSecretsError } from '@datalayer-secrets/shared';
import { Dialog, InputDialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';

import type { Deps } from '../commands/command.ts';
import { create, offerUse } from '../commands/create-secret.ts';
import { showError } from '../commands/edge.ts';
import { secretOf } from '../commands/secret-pick.ts';
import { nameInMessage } from '../commands/words.ts';
import { reasonWords } from '../panel/notebook-words.ts';
import { COMMANDS } from '../tokens.ts';
import { allowIn } from './allow.ts';
import { type Offer, offerFor } from './missing.ts';
import type { NotebookState } from './notebook-state.ts';
import { offerRestart } from './restart.ts';
import { nameOfVault, notebookName } from './words.ts';

/** A cell that failed, and what it ran. */
export interface Run {
  readonly panel: NotebookPanel;
  readonly cell: Cell;
  readonly source: string;
}

/**
 * Offers what a cell lacked, and then runs it again. One offer for each name in a notebook, while it is open or being looked for.
 * Nothing of it is put into the notebook.
 */
export class MissingSecrets {
  readonly #deps: Deps;
  /** What is open, by notebook and name; null while it is being looked for. */
  readonly #offers = new Map<string, { readonly message: string; readonly cell: Cell } | null>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** `names`: what the cell may have failed for. The first that something can be done about is offered. */
  async offer(run: Run, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const key = `${run.panel.id} ${name}`;
      const open = this.#offers.get(key);
      if (open === null || (open && Notification.manager.has(open.message))) return;
      this.#offers.set(key, null);
      const message = await this.#look(run, name);
      if (message === null) this.#offers.delete(key);
      else {
        this.#offers.set(key, { message, cell: run.cell });
        return;
      }
    }
  }

  /** It ran, so what it lacked before is there. */
  ran(cell: Cell): void {
    for (const open of this.#offers.values()) if (open?.cell === cell) Notification.dismiss(open.message);
  }

  async #look(run: Run, name: string): Promise<string | null> {
    const notebook = await this.#notebookOf(run).catch(() => null);
    const offer = notebook && (await this.#find(notebook, name));
    return offer && this.#show(run, offer, notebook);
  }

  async #notebookOf({ panel }: Run): Promise<NotebookState | null> {
    const { kernels } = this.#deps;
    const place = kernels.placeOf(panel);
    return place.onServer ? await kernels.of(place) : null;
  }

  async #find({ possible, secrets }: NotebookState, name: string): Promise<Offer | null> {
    if (!possible) return null;
    const { secrets: all } = this.#deps;
    await all.model.refresh({ start: false });
    return offerFor(name, { secrets, vaults: all.model.state, outlook: all.outlook });
  }

  #show(run: Run, offer: Offer, { kernel }: NotebookState): string {
    const { trans } = this.#deps;
    const name = nameInMessage(offer.name);
    const notebook = notebookName(run.panel.context.path);
    const offered = (message: string, label: string, work: () => Promise<unknown>): string =>
      Notification.info(message, {
        autoClose: false,
        actions: [{ label, callback: () => void this.#attempt(work) }],
      });
    switch (offer.kind) {
      case 'create':
        return offered(
          trans.__('The cell asks for %1, which is in none of your vaults.', name),
          trans.__('Create %1…', name),
          () => this.#create(run, offer.name),
        );
      case 'allow':
        return offered(
          trans.__('The cell asks for %1, which %2 may not use.', name, notebook),
          trans.__('Allow for This Notebook…'),
          () => this.#allow(run, offer.name, offer.vaults),
        );
      case 'unlock':
        return offered(trans.__('The cell asks for %1, but your secrets are locked.', name), trans.__('Unlock'), () =>
          this.#unlock(run, offer.name),
        );
      case 'again':
        return offered(trans.__('%1 is there for the next cell that runs.', name), trans.__('Run Again'), () =>
          this.#runAgain(run),
        );
      case 'restart':
      case 'before':
        return offerRestart(
          this.#deps,
          run.panel,
          offer.kind === 'restart'
            ? trans.__('%2 may use %1; its kernel gets it when it starts anew.', name, notebook)
            : trans.__('%2 may use %1, but its kernel is older than that and has to start anew.', name, notebook),
          () => this.#runAgain(run),
        );
      case 'left-out': {
        const why = reasonWords(this.#deps.translate, offer.reason);
        const instead = kernel === 'live' ? trans.__('datalayer_secrets.get gives it.') : '';
        return Notification.info(`${name}: ${why} ${instead}`.trim(), { autoClose: false });
      }
    }
  }

  async #create(run: Run, name: string): Promise<void> {
    const created = await create(this.#deps, { name });
    if (!created) return;
    // The user may have given it another name.
    if (secretOf(this.#deps, created.ref)?.name === name) await this.#allow(run, name, [created.ref.vault]);
    else offerUse(this.#deps, created.ref);
  }

  async #allow(run: Run, name: string, vaults: readonly string[]): Promise<void> {
    const vault = await this.#confirm(run, name, vaults);
    if (await allowIn(this.#deps, run.panel, { vault, name })) await this.#goOn(run, name);
  }

  /** Resolves with the vault to take it from. What a cell asks for and prints is not the user's word: this is. @throws cancelled */
  async #confirm({ panel }: Run, name: string, vaults: readonly string[]): Promise<string> {
    const { trans } = this.#deps;
    const title = trans.__('Allow %1 for %2?', oneLine(name), notebookName(panel.context.path));
    const okLabel = trans.__('Allow and Run');
    const [only = ''] = vaults;
    if (vaults.length === 1) {
      const { button } = await showDialog({
        title,
        body: trans.__('Code in this notebook can read the value from then on. The cell is run again.'),
        buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: okLabel })],
      });
      if (button.accept) return only;
    } else {
      const items = vaults.map((id) => nameOfVault(this.#deps, id));
      const { button, value } = await InputDialog.getItem({
        title,
        label: trans.__('Code in this notebook can read the value from then on. Take it from'),
        items,
        okLabel,
      });
      const vault = vaults[items.indexOf(value ?? '')];
      if (button.accept && vault !== undefined) return vault;
    }
    throw failure('cancelled');
  }

  async #unlock(run: Run, name: string): Promise<void> {
    const done: unknown = await this.#deps.commands.execute(COMMANDS.unlock);
    if (done === true) await this.#goOn(run, name);
  }

  /** One thing is out of the way: offers the next one, or runs the cell. */
  async #goOn(run: Run, name: string): Promise<void> {
    const notebook = await this.#notebookOf(run);
    const offer = notebook && (await this.#find(notebook, name));
    if (!notebook || !offer || offer.kind === 'again') await this.#runAgain(run);
    else this.#offers.set(`${run.panel.id} ${name}`, { message: this.#show(run, offer, notebook), cell: run.cell });
  }

  async #runAgain({ panel, cell, source }: Run): Promise<void> {
    const { trans, dialogs } = this.#deps;
    if (panel.isDisposed) return;
    if (!panel.content.widgets.includes(cell) || cell.model.sharedModel.getSource() !== source) {
      Notification.info(trans.__('The cell has changed meanwhile: run it again yourself.'), { autoClose: 10_000 });
      return;
    }
    await NotebookActions.runCells(panel.content, [cell], panel.sessionContext, dialogs);
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (toSecretsError(error).kind !== 'cancelled') showError(this.#deps, error, () => this.#attempt(work));
    }
  }
}
