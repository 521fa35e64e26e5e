import type { Lab } from './lab.ts';

/** Keeps pictures of the page, in light and in dark, once the messages in its corner stand still. */
export async function picturesOfNotifications(lab: Lab, name: string): Promise<void> {
  await lab.inBothColours(async (scheme) => {
    await lab.page
      .locator('.Toastify__toast')
      .evaluateAll((toasts) =>
        Promise.allSettled(toasts.flatMap((toast) => toast.getAnimations().map(({ finished }) => finished))),
      );
    await lab.picture(`${name}-${scheme}`);
  });
}
