import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { root } from '../../../scripts/places.ts';
import type { Lab } from './lab.ts';

const AXE = new URL('node_modules/axe-core/axe.min.js', `file://${root}/`);
/** The rest of a page is Jupyter's, and has findings of its own. */
const PANEL = '#datalayer-secrets-panel';

interface Axe {
  run(context: { include: string[][] }): Promise<{
    violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
    passes: unknown[];
  }>;
}

/**
 * Keeps pictures of what a user sees, in light and in dark. Resolves with what axe finds wrong with it in either, a line for each.
 * `part`: what of the page is ours, as a selector; the panel without it.
 */
export async function look(lab: Lab, name: string, part = PANEL): Promise<string[]> {
  const found: string[] = [];
  await lab.inBothColours(async (scheme) => {
    await lab.page.locator(part).evaluate(settled);
    await lab.picture(`${name}-${scheme}`);
    found.push(...(await findings(lab.page, part)).map((line) => `${scheme}: ${line}`));
  });
  return found;
}

/** Resolves once what appears has appeared; what turns for ever does not count. */
async function settled(element: Element): Promise<void> {
  const animations = element.getAnimations({ subtree: true });
  const ending = animations.filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.all(ending.map(({ finished }) => finished));
}

async function findings(page: Page, part: string): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async (selector) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations, passes } = await axe.run({ include: [[selector]] });
    if (passes.length === 0) throw new Error(`axe looked at nothing in ${selector}.`);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}, ${help}: ${html.slice(0, 200)}\n${failureSummary ?? ''}`),
    );
  }, part);
}
