import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { root } from '../../../../scripts/places.ts';
import type { Host } from '../server.ts';

const PATIENCE_MS = 20_000;

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
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
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
    await this.page.keyboard.press('F1');
    await this.quickInput.box.fill(`>${title}`);
    await this.quickInput.row(title).first().click();
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

  /** Keeps a picture of the window in test-results/. */
  async picture(name: string): Promise<void> {
    const folder = path.join(root, 'test-results');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  }

  /** The extension host is there when the status bar has settled; commands wait for it by themselves. */
  private async isUp(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.locator('.statusbar').waitFor();
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
    await this.root.getByText('Secrets').first().waitFor();
    await this.#page.mouse.move(800, 500); // away from the icon, whose hint would cover the view
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
