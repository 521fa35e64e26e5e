import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { root } from '../../../../scripts/places.ts';
import { storedStates } from '../../stored.ts';
import type { Host } from '../server.ts';

const PATIENCE_MS = 20_000;

/** How a window looks and what its page may do. */
export const WINDOW = {
  viewport: { width: 1280, height: 800 },
  permissions: ['clipboard-read', 'clipboard-write'],
} satisfies BrowserContextOptions;

/** With this setting a window takes the colours that `pictures` asks for. */
export const BOTH_COLOURS = { 'window.autoDetectColorScheme': true };

/** A window of VS Code as a user sees it. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly secrets: SecretsView;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.secrets = new SecretsView(page);
  }

  /** Opens a window on the host's workspace, with browser storage of its own. */
  static async open(browser: Browser, host: Host): Promise<Workbench> {
    return Workbench.openIn(await browser.newContext(WINDOW), host);
  }

  /** Opens a window in a given profile of a browser. */
  static async openIn(context: BrowserContext, host: Host): Promise<Workbench> {
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(host.url());
    const workbench = new Workbench(context, page);
    await workbench.isUp();
    return workbench;
  }

  /** Loads the window again, as after a restart of the browser. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.isUp();
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /** Runs a command by its title, by keyboard, from the palette. */
  async run(title: string): Promise<void> {
    const row = this.quickInput.row(title).first();
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      await this.page.keyboard.press('F1');
      await this.quickInput.box.fill(`>${title}`);
      // Whatever takes the focus in a window that is still starting closes the palette.
      const found = await row.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
      if (found || Date.now() > deadline) break;
      await this.page.keyboard.press('Escape');
    }
    await row.click();
  }

  /** Opens a file of the workspace by name, in its own editor. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.box.fill(name);
    await this.quickInput.row(name).first().click();
    await this.page.locator('.tab', { hasText: name }).waitFor();
  }

  /** The cell of the open notebook, counted from 0. */
  cell(index: number): Locator {
    return this.page.locator('.notebook-editor .monaco-list-row').nth(index);
  }

  /** A modal question. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  async closeNotifications(): Promise<void> {
    await this.run('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** Keeps a picture of the window in test-results/. */
  async picture(name: string): Promise<void> {
    const folder = path.join(root, 'test-results');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  }

  /** Keeps it in dark and in light, in a window with `BOTH_COLOURS`. */
  async pictures(name: string): Promise<void> {
    for (const [scheme, theme] of [
      ['light', 'vs'],
      ['dark', 'vs-dark'],
    ] as const) {
      await this.page.emulateMedia({ colorScheme: scheme });
      await this.page.locator(`.monaco-workbench.${theme}`).waitFor();
      await this.picture(`${name}-${scheme}`);
    }
  }

  /** The window shows everything and knows what extensions contribute; their commands wait for the extension by themselves. */
  private async isUp(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.statusbar').waitFor();
    await this.page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
  }
}

/** The box at the top: palette, picks and questions. */
export class QuickInput {
  readonly root: Locator;
  readonly box: Locator;

  constructor(page: Page) {
    this.root = page.locator('.quick-input-widget:visible');
    this.box = this.root.locator('.quick-input-box input');
  }

  /** Rows that show this text. */
  row(text: string): Locator {
    return this.root.locator('.monaco-list-row', { hasText: text });
  }

  /** What is said under the box: a problem, or what to know. */
  message(text: string | RegExp): Locator {
    return this.root.locator('.quick-input-message', { hasText: text });
  }

  /** Waits for a question whose title or prompt contains the text, then answers it. */
  async answer(question: string | RegExp, text: string): Promise<void> {
    await this.root.filter({ hasText: question }).waitFor();
    await this.box.fill(text);
    await this.box.press('Enter');
  }

  /** Waits for a pick whose rows contain the text, then takes that row. */
  async pick(text: string): Promise<void> {
    await this.row(text).first().click();
  }
}

/** The view of the extension in the side bar. */
export class SecretsView {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator('.part.sidebar');
  }

  async open(): Promise<void> {
    await this.#page.locator('.part.activitybar').getByRole('tab', { name: 'Datalayer Secrets' }).click();
    await this.root.getByText('Datalayer Secrets').first().waitFor();
    await this.#page.mouse.move(800, 500); // away from the icon, whose hint would cover the view
  }

  /** Shows the files in its place; resolves once the window would start like that. */
  async close(): Promise<void> {
    await this.#page.locator('.part.activitybar').getByRole('tab', { name: 'Explorer' }).click();
    await this.root.locator('.explorer-folders-view').waitFor();
    // Saved every five seconds, and left out where it is the default.
    const shown = async () =>
      (await storedStates(this.#page)).find(({ key }) => key === 'workbench.sidebar.activeviewletid');
    await expect.poll(async () => (await shown())?.value ?? '', { timeout: PATIENCE_MS }).not.toContain('datalayer');
  }

  /** A row of the tree that shows this text. */
  row(text: string | RegExp): Locator {
    return this.root.locator('.monaco-list-row', { hasText: text });
  }

  /** A button of the welcome text. */
  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  async texts(): Promise<string[]> {
    return this.root.locator('.monaco-list-row').allInnerTexts();
  }
}
