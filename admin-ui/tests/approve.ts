/** Step of the browser tests: approve the task under the cursor without a mouse. */
import type { Page } from 'playwright-core';

/** Approves what the list holds with the keyboard; gives a reason when the tutor's Slots ask for one. */
export async function approveByKeyboard(page: Page): Promise<void> {
  await page.getByTestId('preview').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  const toast = page.getByTestId('toast').first();
  const dialog = page.getByTestId('command-dialog');
  await toast.or(dialog).waitFor();
  if (await dialog.isVisible()) {
    const reason = dialog.locator('[data-field=outside_slots_reason] input');
    await reason.waitFor();
    await reason.focus();
    await page.keyboard.type('Disepakati dengan tutor');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  }
}
