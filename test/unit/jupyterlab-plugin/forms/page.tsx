import { inEnglish } from '@datalayer-secrets/shared';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';
import { afterEach, vi } from 'vitest';

import { SheetView } from '../../../../jupyterlab-plugin/src/forms/sheet-view.tsx';
import { Secrets } from '../../../../jupyterlab-plugin/src/service/secrets.ts';
import type { Sheet } from '../../../../jupyterlab-plugin/src/tokens.ts';
import { kernelsOf } from '../kernels/notebooks.ts';
import type { Jupyter } from './jupyter.ts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
// What a page has and jsdom lacks.
Element.prototype.scrollIntoView = () => undefined;
afterEach(cleanup);

export interface Page {
  readonly secrets: Secrets;
  readonly done: ReturnType<typeof vi.fn<(completed: boolean) => void>>;
  readonly dirty: ReturnType<typeof vi.fn<(is: boolean) => void>>;
  /** What the server tells all pages. */
  readonly tell: (event: object) => void;
}

/** A form over the real model and client. Its vaults are known before it opens, unless `look` is false. */
export async function openSheet(jupyter: Jupyter, sheet: Sheet, { look = true } = {}): Promise<Page> {
  const secrets = new Secrets({ origin: jupyter.origin, fetch: jupyter.fetch, changes: () => () => undefined });
  if (look) await secrets.model.refresh({ start: true });
  const { kernels, tell } = kernelsOf(jupyter);
  const done = vi.fn<(completed: boolean) => void>();
  const dirty = vi.fn<(is: boolean) => void>();
  const Panel = (): React.ReactElement => {
    const [over, setOver] = React.useState(false);
    if (over) return <p>The list</p>;
    const end = (completed: boolean): void => {
      setOver(true);
      done(completed);
    };
    return <SheetView sheet={sheet} secrets={secrets} kernels={kernels} t={inEnglish} done={end} dirty={dirty} />;
  };
  render(<Panel />);
  await act(() => Promise.resolve());
  return { secrets, done, dirty, tell };
}

/** Types into the field with this label, as a browser does. */
export function type(label: string | RegExp, text: string): void {
  const field = box(label);
  field.focus();
  fireEvent.input(field, { target: { value: text } });
}

export function box(label: string | RegExp): HTMLInputElement | HTMLTextAreaElement {
  return screen.getByLabelText(label);
}

export function button(name: string | RegExp): HTMLButtonElement {
  return screen.getByRole('button', { name });
}

export function press(name: string | RegExp): void {
  const found = button(name);
  found.focus();
  fireEvent.click(found);
}

export function key(key: string, modifiers: { ctrlKey?: boolean; shiftKey?: boolean } = {}): void {
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...modifiers });
}

/** What is said of a field: hint, note, error. */
export function saidOf(label: string | RegExp): string {
  const ids = (box(label).getAttribute('aria-describedby') ?? '').split(' ');
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

/** What is announced as wrong. */
export function alerts(): string {
  return screen
    .getAllByRole('alert')
    .map(({ textContent }) => textContent)
    .join(' ')
    .trim();
}

export { act, fireEvent, screen, waitFor };
