/** Steps shared by the browser tests: request a sesi through the form. */
import type { Page } from 'playwright-core';

export type Wish = { daysAhead?: number; time?: string; tutorSearch?: string; siswaSearch?: string; nth?: number };

const subject = 'Matematika';

export async function pick(page: Page, name: string, q: string, nth = 0): Promise<void> {
  const box = page.getByTestId(`combobox-${name}`);
  await box.click();
  await box.fill(q);
  await page.locator(`[data-field=${name}] [role=listbox][aria-busy=false]`).waitFor();
  const option = page.getByTestId('option').nth(nth);
  await option.waitFor();
  await option.click();
}

export function dateAhead(days: number): string {
  const jakartaOffsetMs = 7 * 3_600_000;
  return new Date(Date.now() + jakartaOffsetMs + days * 86_400_000).toISOString().slice(0, 10);
}

export async function fill(page: Page, wish: Wish): Promise<void> {
  const { daysAhead = 9, time = '10:00', tutorSearch = '', siswaSearch = '', nth = 0 } = wish;
  const option = await page
    .getByTestId('subject')
    .locator('option', { hasText: subject })
    .first()
    .getAttribute('value');
  await page.getByTestId('subject').selectOption(option);
  await pick(page, 'siswa_id', siswaSearch, nth);
  await pick(page, 'tutor_id', tutorSearch, nth);
  await page.getByTestId('date').fill(dateAhead(daysAhead));
  await page.getByTestId('time').fill(time);
}

/** Requests a sesi and answers its code. */
export async function requestSesi(page: Page, wish: Wish): Promise<string> {
  await page.goto('/sesi/new');
  await fill(page, wish);
  await page.getByTestId('save').click();
  await page.getByTestId('sesi-state').waitFor();
  return (await page.locator('h1').textContent())!.trim();
}
