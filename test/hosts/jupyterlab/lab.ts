import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { root } from '../../../scripts/places.ts';
import type { Host } from './server.ts';

const PATIENCE_MS = 20_000;

/** How a window looks and what its page may do. */
export const WINDOW = {
  viewport: { width: 1280, height: 800 },
  permissions: ['clipboard-read', 'clipboard-write'],
  colorScheme: 'light',
} satisfies BrowserContextOptions;

/** What a Notebook 7 page without any extension throws as well. */
const JUPYTERS_OWN = [
  /Cannot read properties of undefined \(reading 'schema'\)/,
  /Command 'filebrowser:open-path' not registered/,
];

/** A page of JupyterLab or Notebook 7 as a user sees it. */
export class Lab {
  readonly page: Page;
  readonly secrets: SecretsPanel;
  /** What the pages of this window threw, but for what Jupyter throws without us. */
  readonly errors: string[] = [];
  readonly #context: BrowserContext;
  readonly #host: Host;

  private constructor(context: BrowserContext, page: Page, host: Host) {
    this.#context = context;
    this.#host = host;
    this.page = page;
    this.secrets = new SecretsPanel(this);
    page.on('pageerror', ({ message }) => {
      if (!JUPYTERS_OWN.some((known) => known.test(message))) this.errors.push(message);
    });
  }

  /** Opens a page of the host's server, with browser storage of its own. `place`: as `host.url` takes it. */
  static async open(browser: Browser, host: Host, place?: string): Promise<Lab> {
    return Lab.openIn(await browser.newContext(WINDOW), host, place);
  }

  /** Opens a page in a given profile of a browser. */
  static async openIn(context: BrowserContext, host: Host, place?: string): Promise<Lab> {
    context.setDefaultTimeout(PATIENCE_MS);
    const lab = new Lab(context, await context.newPage(), host);
    await lab.visit(place);
    return lab;
  }

  /** Goes to a page of the server, as it is now: after a restart its address and token are others. */
  async visit(place?: string): Promise<void> {
    await this.page.goto(this.#host.url(place));
    await this.#isUp();
  }

  /** Loads the page again, as after a restart of the browser. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#isUp();
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /** True for JupyterLab, false for a page of Notebook 7. */
  get isLab(): boolean {
    return new URL(this.page.url()).pathname.startsWith(`${this.#host.server.baseUrl}lab`);
  }

  /** Runs a command by its title, from the palette. */
  async run(title: string): Promise<void> {
    const palette = this.page.getByRole('region', { name: 'Command Palette Section' });
    const command = palette.getByText(title, { exact: true });
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      await this.page.keyboard.press('Control+Shift+C');
      // Whatever takes the focus in a page that is still starting closes the palette.
      const done = await palette
        .getByRole('textbox')
        .fill(title, { timeout: 2_000 })
        .then(() => command.click({ timeout: 2_000 }))
        .then(
          () => true,
          () => false,
        );
      if (done) return;
      if (Date.now() > deadline) throw new Error(`The palette does not show “${title}”.`);
      await this.page.keyboard.press('Escape');
    }
  }

  /** Takes an item of the main menu. */
  async menu(...titles: readonly [string, ...string[]]): Promise<void> {
    const [first, ...others] = titles;
    await this.page.getByRole('menubar').first().getByRole('menuitem', { name: first, exact: true }).click();
    for (const title of others) await this.page.getByRole('menu').getByRole('menuitem', { name: title }).click();
  }

  /** Takes an item of the context menu of an element. */
  async contextMenu(of: Locator, title: string): Promise<void> {
    await of.click({ button: 'right' });
    await this.page.getByRole('menu').getByRole('menuitem', { name: title }).click();
  }

  /**
   * Opens a notebook of the workspace; resolves once it is drawn. Its kernel may still be starting, and JupyterLab shows the files
   * in the side bar. `name`: its path, where it lies in a folder.
   */
  async openNotebook(name: string): Promise<void> {
    if (this.isLab) {
      await this.run('Open from Path…');
      await this.dialog().getByRole('textbox').fill(name);
      await this.dialog().getByRole('button', { name: 'Open' }).click();
      await this.page.getByRole('tab', { name: path.basename(name), selected: true }).waitFor();
      await this.page.locator('.jp-FileBrowser').filter({ visible: true }).waitFor();
    } else await this.visit(`notebooks/${name}`);
    await this.cell(0).waitFor();
  }

  /** The kernel of an open notebook has started and the page is connected to it: a cell that is run before is forgotten. */
  async kernelIsReady(name: string): Promise<void> {
    const deadline = Date.now() + 3 * PATIENCE_MS;
    while (!(await this.#kernels()).some(({ path, ready }) => path === name && ready)) {
      if (Date.now() > deadline) throw new Error(`The kernel of ${name} does not start.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** As the server knows them: a page shows an idle kernel also where it has none yet. */
  async #kernels(): Promise<{ path: string; ready: boolean }[]> {
    const answer = await fetch(this.#host.url('api/sessions'));
    const sessions = (await answer.json()) as {
      path: string;
      kernel: { execution_state: string; connections: number } | null;
    }[];
    return sessions.map(({ path, kernel }) => ({
      path,
      ready: kernel !== null && kernel.execution_state === 'idle' && kernel.connections > 0,
    }));
  }

  /** A cell of the notebook in sight, counted from 0. */
  cell(index: number): Locator {
    // Notebooks that a workspace restores are there, hidden, too.
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell').nth(index);
  }

  /** The code of a cell: where a user clicks and types. */
  code(index: number): Locator {
    return this.cell(index).getByRole('textbox');
  }

  async source(index: number): Promise<string> {
    return (await this.code(index).locator('.cm-line').allInnerTexts())
      .map((line) => line.replace(/\n$/, ''))
      .join('\n');
  }

  outputs(index: number): Locator {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  /** A modal question. */
  dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.Toastify__toast', { hasText: text });
  }

  async closeNotifications(): Promise<void> {
    const toasts = this.page.locator('.Toastify__toast');
    // Not by the mouse: they move, and go by themselves.
    await toasts.getByRole('button', { name: 'Hide notification' }).evaluateAll((buttons: HTMLElement[]) => {
      for (const button of buttons) button.click();
    });
    await toasts.first().waitFor({ state: 'detached' });
  }

  /** Keeps a picture of the page in test-results/. */
  async picture(name: string): Promise<void> {
    const folder = path.join(root, 'test-results');
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `jupyter-${name}.png`) });
  }

  /** Does something in either colours, first in those that the page has: changing them takes a moment. */
  async inBothColours(work: (scheme: 'light' | 'dark') => Promise<void>): Promise<void> {
    const isDark = await this.page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    for (const scheme of isDark ? (['dark', 'light'] as const) : (['light', 'dark'] as const)) {
      await this.page.emulateMedia({ colorScheme: scheme });
      await this.page.locator(`body[data-jp-theme-light="${scheme === 'light'}"]`).waitFor({ state: 'attached' });
      await this.#splash.waitFor({ state: 'detached' });
      await work(scheme);
    }
  }

  /** Keeps it in light and in dark. */
  pictures(name: string): Promise<void> {
    return this.inBothColours((scheme) => this.picture(`${name}-${scheme}`));
  }

  /** What JupyterLab covers the page with while it starts or changes its colours. */
  get #splash(): Locator {
    return this.page.locator('#jupyterlab-splash');
  }

  /** The page shows everything, and what was restored has taken the focus it takes. */
  async #isUp(): Promise<void> {
    await this.page.getByRole('main').first().waitFor();
    await this.page
      .locator('.jp-NotebookPanel, .jp-Launcher, .jp-FileEditor, .jp-FileBrowser')
      .filter({ visible: true })
      .first()
      .waitFor();
    await this.#splash.waitFor({ state: 'detached' });
  }
}

/** The panel of the extension in the side bar. */
export class SecretsPanel {
  readonly #lab: Lab;
  readonly root: Locator;
  readonly searchBox: Locator;
  /** How many results a search has. */
  readonly count: Locator;
  /** What is said of the notebook in sight: its name, its kernel, what is left out. */
  readonly notebook: Locator;
  /** Whether the outputs of the notebook in sight are redacted. */
  readonly redaction: Locator;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.root = lab.page.getByRole('region', { name: 'Secrets', exact: true });
    this.searchBox = this.root.getByRole('searchbox');
    this.count = this.root.getByRole('status').filter({ hasText: /\bresults?$/ });
    this.notebook = this.root.getByRole('region', { name: /^Notebook / });
    this.redaction = this.notebook.getByRole('switch', { name: 'Redact values in outputs' });
  }

  async open(): Promise<void> {
    if (await this.root.isVisible()) return; // a second click on its icon would hide it
    if (this.#lab.isLab) await this.#tab('Secrets').click();
    else await this.#lab.menu('View', 'Show Secrets Panel');
    await this.root.waitFor();
    await this.#lab.page.mouse.move(800, 700); // away from the icon, whose hint would cover the panel
  }

  /** Shows the files in its place, in JupyterLab. */
  async close(): Promise<void> {
    await this.#tab(/File Browser/).click();
    await this.root.waitFor({ state: 'hidden' });
  }

  /** A row of the list, by what it is read as; a string is how that begins: the name. */
  row(name: string | RegExp): Locator {
    return this.root.getByRole('treeitem', { name: typeof name === 'string' ? startingWith(name) : name });
  }

  /** What the rows are read as, from top to bottom. */
  async rows(): Promise<string[]> {
    return this.root
      .getByRole('treeitem')
      .evaluateAll((rows) =>
        rows
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((row) => row.getAttribute('aria-label') ?? ''),
      );
  }

  /** A type that the list can be limited to. */
  chip(name: string): Locator {
    return this.root.getByRole('group', { name: 'Types' }).getByRole('button', { name: startingWith(name) });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  /** The form of this title, in the place of the list. */
  form(title: string): SecretsForm {
    return new SecretsForm(this.root.getByRole('form', { name: title, exact: true }));
  }

  /** Does something with a secret by the button in its row: 'Insert reference to', 'Replace value of' … */
  async act(action: string, name: string): Promise<void> {
    await this.row(name).hover();
    await this.row(name)
      .getByRole('button', { name: `${action} ${name}` })
      .click();
  }

  /** Whether the notebook in sight may use a secret. */
  switch(name: string): Locator {
    return this.row(name).getByRole('switch', { name: startingWith(`Allow ${name} in`) });
  }

  /** Lets the notebook in sight use a secret, or no longer; resolves once that is so. */
  async allow(name: string, on = true): Promise<void> {
    if ((await this.switch(name).getAttribute('aria-checked')) !== String(on)) await this.switch(name).click();
    await this.switch(name)
      .and(this.root.locator(`[aria-checked="${on}"]`))
      .waitFor();
  }

  /** The row of a secret, once it stands so in the kernel of the notebook in sight: `In this kernel`, … */
  standing(name: string, words: string): Locator {
    return this.row(name).and(this.root.locator(`[aria-label$=": ${words}"]`));
  }

  /** The list of everything that notebooks may use. */
  async openGrants(): Promise<SecretsForm> {
    await this.button('What Notebooks May Use…').click();
    const form = this.form('What Notebooks May Use');
    await form.root.waitFor();
    return form;
  }

  #tab(name: string | RegExp): Locator {
    return this.#lab.page.getByRole('tablist', { name: 'main sidebar' }).getByRole('tab', { name });
  }
}

/** A form of the panel. */
export class SecretsForm {
  readonly root: Locator;

  constructor(root: Locator) {
    this.root = root;
  }

  field(label: string): Locator {
    return this.root.getByLabel(label, { exact: true });
  }

  choice(label: string): Locator {
    return this.root.getByRole('radio', { name: label, exact: true });
  }

  /** Why something cannot be taken, beside its field or below all of them. */
  problem(text: string | RegExp): Locator {
    return this.root.getByRole('alert').filter({ hasText: text });
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }
}

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`);
}
