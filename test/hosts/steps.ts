import { afterEach, beforeEach } from 'vitest';
import type { Page } from 'playwright-core';

/** What a user looks at. */
interface Shown {
  readonly page: Page;
  /** Keeps a picture of it in test-results/. */
  picture(name: string): Promise<void>;
}

/**
 * Makes the tests of this suite the steps of one user: after one that fails, and leaves a picture, the others could only wait
 * for what never comes, so they are skipped.
 */
export function inSteps(window: () => Shown | undefined): void {
  let broken = false;
  beforeEach(({ skip }) => {
    if (broken) skip('an earlier step failed');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || broken) return;
    broken = true;
    const shown = window();
    if (shown?.page.isClosed() !== false) return;
    await shown.picture(`failed ${task.name}`.replaceAll(/[^\w ]/g, '').slice(0, 80));
  });
}
