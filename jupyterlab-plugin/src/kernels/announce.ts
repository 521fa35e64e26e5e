import { Notification } from '@jupyterlab/apputils';

import type { Deps } from '../commands/command.ts';
import { showError } from '../commands/edge.ts';
import { briefly } from '../commands/progress.ts';
import { nameInMessage } from '../commands/words.ts';
import { reasonWords } from '../panel/notebook-words.ts';
import { COMMANDS } from '../tokens.ts';
import type { KernelEvent } from './events.ts';
import { inARow, isOnlyVault, nameOfVault, notebookName } from './words.ts';

type Granted = Extract<KernelEvent, { kind: 'granted' }>;
type Missing = Extract<KernelEvent, { kind: 'missing' }>;

/** What comes within this time is said in one message. Milliseconds. */
const MOMENT = 300;

/**
 * Says in this page what notebooks may use from now on, with a way to undo it, whoever allowed it: a script in the page could, too.
 * And what a kernel lacks that it should have.
 */
export class Announcements {
  readonly #deps: Deps;
  readonly #granted = new Gathering<Granted>((events) => this.#announce(events));
  readonly #missing = new Gathering<Missing>((events) => this.#warn(events));
  /** What was announced, by the id of the message. */
  readonly #announced = new Map<string, readonly Granted[]>();
  /** The message on what its kernel lacks, by the id of the notebook. */
  readonly #warned = new Map<string, string>();
  /** Messages that are over once everything is unlocked. */
  readonly #closed = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
    deps.kernels.told.connect((_, event) => {
      if (event.kind === 'granted') this.#granted.add(event);
      else if (event.kind === 'missing') this.#missing.add(event);
      else {
        this.#granted.drop((one) => isOf(one, event));
        this.#withdraw(event);
      }
    });
    const { model } = deps.secrets;
    model.onChange(() => {
      const { service, vaults } = model.state;
      // While lists are loading, as in a page that has just been opened, nobody knows.
      const open = vaults.length > 0 && vaults.every(({ list }) => list.kind !== 'locked' && list.kind !== 'loading');
      if (service.kind !== 'ready' || !open) return;
      for (const id of this.#closed) Notification.dismiss(id);
      this.#closed.clear();
    });
  }

  #announce(events: readonly Granted[]): void {
    const { trans } = this.#deps;
    for (const event of events) this.#withdraw(event);
    const [first] = events;
    const words = events.map(({ name, path }) => trans.__('%1 in %2', nameInMessage(name), notebookName(path)));
    const message =
      first && events.length === 1 ? this.#sentence(first) : trans.__('Now usable: %1.', inARow(trans, words));
    const id = Notification.info(message, {
      autoClose: 10_000,
      actions: [{ label: trans.__('Undo'), callback: () => void this.#undo(this.#announced.get(id) ?? []) }],
    });
    this.#announced.set(id, events);
  }

  #sentence({ path, name, vault, replaced }: Granted): string {
    const { trans } = this.#deps;
    const words = [notebookName(path), nameInMessage(name), nameOfVault(this.#deps, vault)];
    if (replaced !== undefined)
      return trans.__('%1 uses %2 of “%3” now, no longer that of “%4”.', ...words, nameOfVault(this.#deps, replaced));
    return isOnlyVault(this.#deps)
      ? trans.__('%1 may use %2 from now on.', ...words)
      : trans.__('%1 may use %2 of “%3” from now on.', ...words);
  }

  async #undo(events: readonly Granted[]): Promise<void> {
    const { kernels, trans } = this.#deps;
    const left = [...events];
    try {
      for (let event = left.at(-1); event; event = left.at(-1)) {
        const { notebook, path, vault, name, replaced } = event;
        // Puts itself in the place of what replaced it.
        if (replaced !== undefined) await kernels.allow(path, { vault: replaced, name });
        else await kernels.revoke(notebook, { vault, name });
        left.pop();
      }
      briefly(trans.__('Undone.'));
    } catch (error) {
      showError(this.#deps, error, () => this.#undo(left));
    }
  }

  /** A message is over when nothing that it says is so any more. */
  #withdraw(grant: Pick<Granted, 'notebook' | 'name'>): void {
    for (const [id, events] of this.#announced) {
      const left = events.filter((one) => !isOf(one, grant));
      this.#announced.set(id, left);
      if (left.length > 0) continue;
      this.#announced.delete(id);
      Notification.dismiss(id);
    }
  }

  #warn(events: readonly Missing[]): void {
    const { trans, translate } = this.#deps;
    for (const { notebook } of events) Notification.dismiss(this.#warned.get(notebook) ?? '');
    const names = events.flatMap((event) => event.names);
    const reasons = new Set(events.map(({ reason }) => reason));
    const [reason = ''] = reasons.size === 1 ? reasons : [];
    const lacking = trans.__(
      'Missing in %1: %2.',
      inARow(
        trans,
        events.map(({ path }) => notebookName(path)),
      ),
      inARow(trans, names.map(nameInMessage)),
    );
    const actions = [this.#way(reason, [...new Set(names)])];
    const id = Notification.warning(reason ? `${lacking} ${reasonWords(translate, reason)}` : lacking, {
      autoClose: false,
      actions,
    });
    for (const { notebook } of events) this.#warned.set(notebook, id);
    if (isClosed(reason)) this.#closed.add(id);
  }

  #way(reason: string, names: readonly string[]): Notification.IAction {
    const { trans, commands } = this.#deps;
    const [name = ''] = names;
    const way = (label: string, command: string, args = {}): Notification.IAction => ({
      label,
      callback: () => void commands.execute(command, args),
    });
    if (isClosed(reason)) return way(trans.__('Unlock'), COMMANDS.unlock);
    if (reason === 'not_found' && names.length === 1)
      return way(trans.__('Create %1…', nameInMessage(name)), COMMANDS.create, { name });
    return way(trans.__('Show Secrets'), COMMANDS.open);
  }
}

function isClosed(reason: string): boolean {
  return reason === 'locked' || reason === 'no_service';
}

/** Whether both are about the same name in the same notebook, which is of one vault at a time. */
function isOf(one: Granted, other: Pick<Granted, 'notebook' | 'name'>): boolean {
  return one.notebook === other.notebook && one.name === other.name;
}

/** Things that come one after the other are handed on together. */
class Gathering<T> {
  readonly #hand: (things: readonly T[]) => void;
  #things: T[] = [];
  #waiting = false;

  constructor(hand: (things: readonly T[]) => void) {
    this.#hand = hand;
  }

  add(thing: T): void {
    this.#things.push(thing);
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      const things = this.#things;
      this.#things = [];
      this.#waiting = false;
      if (things.length > 0) this.#hand(things);
    }, MOMENT);
  }

  drop(which: (thing: T) => boolean): void {
    this.#things = this.#things.filter((thing) => !which(thing));
  }
}
