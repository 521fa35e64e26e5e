import { hasSecrets, oneLine, type Secret, vaultName } from '@datalayer-secrets/shared';
import { Dialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import { Finder } from '../panel/finder.ts';
import type { Deps, Found } from './command.ts';

/** More rows than anybody reads; typing one more letter finds the rest. */
const SHOWN = 100;

/** Lets the user find a secret by typing; the one selected in the panel comes first. Null when they turned back. */
export async function pickSecret(deps: Deps, title: string): Promise<Found | null> {
  const { trans } = deps;
  const body = new PickBody(deps, () => dialog.resolve(1));
  const dialog = new Dialog<Found | null>({
    title,
    body,
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Select') })],
    defaultButton: 1,
    focusNodeSelector: 'input',
  });
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}

/** A search box over a list. Drawn by hand: its few rows change with each letter. */
class PickBody extends Widget implements Dialog.IBodyWidget<Found | null> {
  readonly #deps: Deps;
  readonly #input = document.createElement('input');
  readonly #list = document.createElement('ul');
  readonly #note = document.createElement('p');
  readonly #stop: () => void;
  #all: Found[] = [];
  #finder: Finder;
  #shown: readonly Found[] = [];
  #active = 0;

  /** `accept`: a row was clicked. */
  constructor(deps: Deps, accept: () => void) {
    super();
    this.#deps = deps;
    const { trans, secrets } = deps;
    this.addClass('dls-Pick');
    this.#input.type = 'search';
    this.#input.className = 'jp-mod-styled';
    this.#input.placeholder = trans.__('Type a part of its name, description or type');
    this.#list.id = `dls-pick-${this.id || Date.now()}`;
    this.#list.setAttribute('role', 'listbox');
    this.#list.setAttribute('aria-label', trans.__('Secrets'));
    for (const [name, value] of [
      ['role', 'combobox'],
      ['aria-expanded', 'true'],
      ['aria-autocomplete', 'list'],
      ['aria-controls', this.#list.id],
      ['aria-label', trans.__('Find a secret')],
      ['autocomplete', 'off'],
      ['spellcheck', 'false'],
    ] as const)
      this.#input.setAttribute(name, value);
    this.#note.setAttribute('role', 'status');
    this.node.append(this.#input, this.#list, this.#note);
    this.#input.addEventListener('input', () => this.#find());
    this.#input.addEventListener('keydown', (event) => this.#move(event));
    this.#list.addEventListener('click', ({ target }) => {
      const index = [...this.#list.children].findIndex((row) => row.contains(target as Node));
      if (index === -1) return;
      this.#active = index;
      accept();
    });
    this.#finder = this.#load();
    this.#find();
    this.#stop = secrets.model.onChange(() => {
      this.#finder = this.#load();
      this.#find();
    });
  }

  getValue(): Found | null {
    return this.#shown[this.#active] ?? null;
  }

  override dispose(): void {
    this.#stop();
    super.dispose();
  }

  #load(): Finder {
    const vaults = this.#deps.secrets.model.state.vaults.filter(hasSecrets);
    const { selected } = this.#deps.panel;
    const rank = ({ vault, secret }: Found) => (vault === selected?.vault && secret.uid === selected.uid ? 0 : 1);
    this.#all = vaults
      .flatMap(({ info, list, deleting }) =>
        ('secrets' in list ? list.secrets : [])
          .filter(({ uid }) => !deleting.has(uid))
          .map((secret) => ({ vault: info.id, secret })),
      )
      .sort((a, b) => rank(a) - rank(b));
    return new Finder(vaults);
  }

  #find(): void {
    const query = this.#input.value;
    const found: Found[] =
      query.trim() === ''
        ? this.#all
        : this.#finder.find(query).map(({ vault, result }) => ({ vault, secret: result.secret }));
    const { trans } = this.#deps;
    this.#shown = found.slice(0, SHOWN);
    this.#list.replaceChildren(...this.#shown.map((one, index) => this.#row(one, index)));
    this.#note.textContent =
      found.length === 0
        ? trans.__('No secret is like that.')
        : found.length > SHOWN
          ? trans.__('%1 more: type to find them.', found.length - SHOWN)
          : '';
    this.#activate(0);
  }

  #row({ vault, secret }: Found, index: number): HTMLElement {
    const row = document.createElement('li');
    row.id = `${this.#list.id}-${index}`;
    row.setAttribute('role', 'option');
    row.append(part('dls-Pick-name', oneLine(secret.name)), part('dls-Pick-more', this.#about(vault, secret)));
    return row;
  }

  #about(vault: string, { description }: Secret): string {
    const { vaults } = this.#deps.secrets.model.state;
    const info = vaults.length > 1 ? vaults.find((one) => one.info.id === vault)?.info : undefined;
    const parts = [oneLine(description), info ? vaultName(this.#deps.translate, info) : ''];
    return parts.filter((text) => text !== '').join(' · ');
  }

  #move(event: KeyboardEvent): void {
    const last = this.#shown.length - 1;
    const to = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + 8,
      PageUp: this.#active - 8,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#activate(Math.max(0, Math.min(to, last)));
  }

  #activate(index: number): void {
    this.#list.children[this.#active]?.removeAttribute('aria-selected');
    this.#active = index;
    const row = this.#list.children[index];
    row?.setAttribute('aria-selected', 'true');
    row?.scrollIntoView({ block: 'nearest' });
    if (row) this.#input.setAttribute('aria-activedescendant', row.id);
    else this.#input.removeAttribute('aria-activedescendant');
  }
}

function part(className: string, text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}
