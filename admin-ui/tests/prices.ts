/** The price matrix by keyboard: typing, marking, pasting with a letter in one cell, saving with its reason, history; then a year is cloned. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

const cell = (page: Page, row: number, column: number) => page.locator(`[data-cell="${row}:${column}"]`);
const text = async (page: Page, row: number, column: number) =>
  (await cell(page, row, column).innerText()).split(',')[0]!.trim();

/** Runs may repeat on one database: each wants other amounts. */
const base = 100_000 + 10_000 * Math.floor(Math.random() * 80);
const amount = (n: number): number => base + n * 1000;
const dotted = (n: number): string => amount(n).toLocaleString('id-ID');

/** Puts text on the clipboard the way another program would: by copying it. */
async function copied(page: Page, value: string): Promise<void> {
  await page.evaluate((content) => {
    const area = document.createElement('textarea');
    area.value = content;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }, value);
}

export function describePrices(program: () => Program, window: () => Window): void {
  let page: Page;

  describe('the price matrix', () => {
    test('prices are typed, marked and pasted; a letter in one cell keeps the rest', async () => {
      page = await window().open('/prices');
      await cell(page, 0, 0).waitFor();
      await cell(page, 0, 0).click();
      const before = await text(page, 0, 0);
      await page.keyboard.type(String(amount(1)));
      await page.keyboard.press('Enter');
      expect(await text(page, 0, 0)).toBe(dotted(1));
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-cell'))).toBe('1:0');
      await page.keyboard.press('Control+z');
      expect(await text(page, 0, 0)).toBe(before);
      await page.keyboard.press('Control+y');

      await copied(page, `${dotted(2)}\tRp${dotted(3)}\r\n18O000\t${amount(4)}\r\n`);
      await cell(page, 1, 0).click();
      await page.keyboard.press('Control+v');
      expect(await text(page, 1, 1)).toBe(dotted(3));
      expect(await text(page, 2, 0)).toBe('18O000');
      expect(await cell(page, 2, 0).getAttribute('aria-invalid')).toBe('true');
      expect(await page.getByTestId('save').isDisabled()).toBe(true);
      await page.getByTestId('wrong').click();
      await page.locator('[data-cell="2:0"]:focus').waitFor();
      await page.keyboard.press('F2');
      await page.keyboard.press('Control+a');
      await page.keyboard.type(String(amount(5)));
      await page.keyboard.press('Tab');
      expect(await text(page, 2, 0)).toBe(dotted(5));
      expect(await page.getByTestId('unsaved').innerText()).toContain('5');
      await window().expectSound();
    });

    test('marked cells are raised by a percentage, filled down and taken away', async () => {
      await cell(page, 3, 0).click();
      await page.keyboard.type(String(amount(6)));
      await page.keyboard.press('Enter');
      await cell(page, 3, 0).click();
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Control+d');
      expect(await text(page, 4, 0)).toBe(dotted(6));
      await page.getByTestId('bump').fill('5,5');
      await page.getByTestId('apply-bump').click();
      const raised = (Math.round((amount(6) * 1.055) / 500) * 500).toLocaleString('id-ID');
      expect([await text(page, 3, 0), await text(page, 4, 0)]).toEqual([raised, raised]);
      await cell(page, 5, 0).click();
      await page.keyboard.press('Delete');
      expect(await text(page, 5, 0)).toBe('–');
    });

    test('one save with its preview; the reason is asked for; the history tells of it', async () => {
      await page.keyboard.press('Control+s');
      const dialog = page.getByTestId('save-prices');
      await dialog.waitFor();
      await dialog.locator('dd').first().waitFor();
      await page.getByTestId('confirm-save').click();
      await page.getByTestId('error-reason').waitFor();
      await page.getByTestId('reason').fill('Penyesuaian semester genap');
      await page.getByTestId('confirm-save').click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByTestId('unsaved').waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      expect(await text(page, 0, 0)).toBe(dotted(1));
      expect(await text(page, 5, 0)).toBe('–');
      await cell(page, 0, 0).click();
      const history = () => page.getByTestId('price-history').innerText();
      await expect.poll(history).toContain('Penyesuaian semester genap');
      await cell(page, 5, 0).click();
      await expect.poll(history).toMatch(/Diakhiri[\s\S]*Penyesuaian semester genap/);
      await window().expectSound();
    });

    test('what somebody else has saved meanwhile stands beside mine', async () => {
      const other = await program().window();
      const theirs = await other.open('/prices');
      await cell(theirs, 0, 1).click();
      await cell(page, 0, 1).click();
      for (const [at, rp] of [
        [theirs, amount(7)],
        [page, amount(8)]
      ] as const) {
        await cell(at, 0, 1).click();
        await at.keyboard.type(String(rp));
        await at.keyboard.press('Enter');
        await at.keyboard.press('Control+s');
        await at.getByTestId('save-prices').waitFor();
        if (at === theirs) {
          await at.getByTestId('reason').fill('Dari jendela lain');
          await at.getByTestId('confirm-save').click();
          await at.getByTestId('save-prices').waitFor({ state: 'detached' });
        }
      }
      await page.getByTestId('clashes').waitFor();
      expect(await page.getByTestId('clashes').innerText()).toMatch(new RegExp(`Rp${dotted(8)}[^]*Rp${dotted(7)}`));
      await page.getByRole('button', { name: 'Pakai punya saya' }).click();
      await page.getByTestId('reason').fill('Tetap punya saya');
      await page.getByTestId('confirm-save').click();
      await page.getByTestId('save-prices').waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      expect(await text(page, 0, 1)).toBe(dotted(8));
      await other.close();
    });

    test('a gap leads to its cell; what a bump of a whole Tahun Ajaran comes to is seen before it goes on as the next', async () => {
      await page.getByTestId('gaps').locator('button').first().click();
      await page.locator('td.gap:focus').waitFor();
      const years = await window().read<{ code: string; prices: number }[]>('/prices/years');
      const last = years.filter(({ prices }) => prices > 0).at(-1)!;
      await page.getByTestId('open-clone').click();
      await page.getByTestId('clone').waitFor();
      await page
        .getByTestId('clone-source')
        .selectOption({ label: `${last.code} · ${last.prices.toLocaleString('id-ID')} harga` });
      await page.getByTestId('clone-bump').fill('5');
      await page.getByTestId('clone-preview').waitFor();
      await page.waitForLoadState('networkidle');
      await page.getByTestId('clone').getByTestId('price-impact').click();
      await page.getByTestId('backtest-dialog').getByText('+5 %').waitFor();
      await page.getByTestId('begin-backtest').click();
      await page.getByTestId('impact-headline').waitFor();
      expect(await window().violations()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByTestId('impact-dialog').waitFor({ state: 'detached' });
      await page.getByTestId('confirm-clone').click();
      await page.getByTestId('clone').waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      const after = await window().read<{ code: string; cloned: { source_code: string } | null }[]>('/prices/years');
      expect(after.find(({ code }) => code > last.code)?.cloned?.source_code).toBe(last.code);
      await window().expectSound();
      expect(await window().violations()).toEqual([]);
    });
  });
}
