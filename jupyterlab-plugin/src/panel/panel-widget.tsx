import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { focusFormIn } from '../forms/focus.ts';
import { secretsIcon } from '../icons.ts';
import { UI } from '../later.ts';
import type { ISecretsPanel, SecretRef, Sheet } from '../tokens.ts';
import { Desk } from './desk.ts';
import type { PanelTools } from './tools.ts';
import { WhenLoaded } from './when-loaded.tsx';

/** The first of these that is there gets the focus. */
const PLACES = {
  list: ['.dls-Row[tabindex="0"]', '.dls-Welcome button', '.dls-Search-input'],
  search: ['.dls-Search-input'],
} as const;

/** The panel in the side bar. It follows the vaults while it is seen, and does nothing while it is not. */
export class SecretsPanel extends ReactWidget implements Omit<ISecretsPanel, 'activate'> {
  readonly #tools: PanelTools;
  readonly #reveal: () => void;
  readonly #desk = new Desk();
  #unattend: (() => void) | null = null;
  #wanted: keyof typeof PLACES | null = null;
  #hadForm = false;
  #wasSeen = false;

  /** `reveal`: has the side bar show and activate this panel. */
  constructor(tools: PanelTools, reveal: () => void) {
    super();
    this.#tools = tools;
    this.#reveal = reveal;
    const { t } = tools;
    this.id = 'datalayer-secrets-panel';
    this.addClass('dls-Panel');
    this.title.icon = secretsIcon;
    this.title.caption = t('Secrets');
    this.title.dataset = { jpTabLabel: t('Secrets') };
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', t('Secrets'));
    // Somebody who has gone on elsewhere meanwhile is not fetched back.
    this.node.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.node.contains(relatedTarget)) this.#wanted = null;
    });
    document.addEventListener('visibilitychange', this.#look);
  }

  /** Null once it is gone. */
  get selected(): SecretRef | null {
    const { selected } = this.#desk;
    const view = this.#tools.secrets.model.state.vaults.find(({ info }) => info.id === selected?.vault);
    const secrets = view && 'secrets' in view.list ? view.list.secrets : [];
    return secrets.some(({ uid }) => uid === selected?.uid) ? selected : null;
  }

  search(): void {
    // What is revealed is activated then, and takes the focus.
    this.#wanted = 'search';
    this.#reveal();
  }

  open(sheet: Sheet): Promise<boolean> {
    const completed = this.#desk.open(sheet);
    this.#reveal();
    return completed;
  }

  override render(): React.ReactElement | null {
    if (!this.#wasSeen) return null;
    const drawn = (): void => this.#onDrawn();
    return (
      <WhenLoaded part={UI} t={this.#tools.t}>
        {({ PanelView }) => <PanelView tools={this.#tools} desk={this.#desk} drawn={drawn} />}
      </WhenLoaded>
    );
  }

  override dispose(): void {
    document.removeEventListener('visibilitychange', this.#look);
    this.#turn(false);
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#turn(this.isVisible);
  }

  protected override onBeforeDetach(message: Message): void {
    this.#turn(false);
    super.onBeforeDetach(message);
  }

  protected override onAfterShow(): void {
    this.#turn(true);
  }

  protected override onBeforeHide(): void {
    this.#turn(false);
  }

  protected override onActivateRequest(): void {
    this.#wanted ??= 'list';
    this.#focus();
  }

  /** The page comes back from the background: what happened while the machine slept, or its connection did, nobody told. */
  readonly #look = (): void => {
    if (document.visibilityState !== 'visible' || this.#unattend === null) return;
    this.#turn(false);
    this.#turn(true);
  };

  #turn(seen: boolean): void {
    if (seen === (this.#unattend !== null)) return;
    this.#unattend?.();
    this.#unattend = seen ? attend(this.#tools) : null;
    this.#desk.visible = seen;
    if (!seen || this.#wasSeen) return;
    this.#wasSeen = true;
    this.update();
  }

  /** A form that is over and had the focus leaves it to the list, unless it gave it back to where it was before. */
  #onDrawn(): void {
    const form = this.node.querySelector('.dls-Sheet') !== null;
    if (this.#hadForm && !form && document.activeElement === document.body) this.#wanted ??= 'list';
    this.#hadForm = form;
    this.#focus();
  }

  /** Puts the focus where it is wanted, as soon as that is drawn; a form has its own place for it. */
  #focus(): void {
    if (this.#wanted === null || !this.isVisible) return;
    if (focusFormIn(this.node)) {
      this.#wanted = null;
      return;
    }
    for (const place of PLACES[this.#wanted]) {
      const element = this.node.querySelector<HTMLElement>(place);
      if (!element) continue;
      this.#wanted = null;
      element.focus();
      return;
    }
    this.node.focus();
  }
}

function attend({ secrets, kernels }: PanelTools): () => void {
  const ends = [secrets.attend(), kernels.attend()];
  return () => {
    for (const end of ends) end();
  };
}
