/** Holding a draft against the past, in the browser: run it from the draft, read the report, open a difference. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { type Program, type Window } from './browser';

/** Runs may repeat on one database: a content that was tested before would show its report at once. */
const between = (least: number, most: number) => String(least + Math.floor(Math.random() * (most - least)));
const pct = between(5, 24);
const strikes = between(2, 1_000);

export function describeBacktest(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  let report = '';

  async function draft(): Promise<string> {
    const { id } = await window().ask<{ id: string }>('/policy-publications', { kind: 'cancellation.tutor' });
    return id;
  }

  describe('a backtest', () => {
    test('of a draft as it was begun changes nothing, and the draft says so', async () => {
      const id = await draft();
      await page().goto(`/publications/${id}`);
      await page().getByTestId('run-backtest').click();
      await page().getByTestId('backtest-dialog').getByText('Setahun').click();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('begin-backtest').click();
      await page().getByTestId('panel-headline').getByText('Tidak ada yang berubah').waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('of a changed bracket names how many change, and whose money moves', async () => {
      await page().getByTestId('cell-brackets-2-substitution_denda_pct').fill(pct);
      await page().getByTestId('cell-brackets-2-strike_added').fill(strikes);
      await page().getByTestId('run-backtest').click();
      await page().getByTestId('no-backtest').waitFor();
      await page().getByTestId('backtest-dialog').getByText('Setahun').click();
      await page().getByTestId('begin-backtest').click();
      await page().getByTestId('panel-headline').getByText('berubah').waitFor();
      await page().getByTestId('open-backtest').click();
      await page().getByTestId('backtest-state').getByText('Selesai').waitFor();
      report = new URL(page().url()).pathname;
      expect(await page().getByTestId('party-tutor').innerText()).toContain('+Rp');
      expect(await page().getByTestId('party-company').innerText()).toContain('-Rp');
      expect(await window().violations()).toEqual([]);
    });

    test('draws how differences spread, and tells the same as a table', async () => {
      expect(await page().getByTestId('spread').locator('rect').count()).toBeGreaterThan(0);
      await page().getByTestId('as-table').click();
      expect(await page().getByTestId('spread').locator('tbody tr').count()).toBeGreaterThan(0);
      expect(await window().violations()).toEqual([]);
    });

    test('opens a difference by keyboard with both traces, and leads to the sesi', async () => {
      await page().getByTestId('biggest').getByTestId('row').first().focus();
      await page().keyboard.press('Enter');
      const dialog = page().getByTestId('decision-dialog');
      await dialog.getByTestId('side-recorded').waitFor();
      expect(await dialog.getByTestId('side-recorded').innerText()).toContain('25%');
      expect(await dialog.getByTestId('side-draft').innerText()).toContain(`${pct}%`);
      expect(await window().violations()).toEqual([]);
      await dialog.getByTestId('open-sesi').click();
      await page().getByTestId('sesi-state').waitFor();
    });

    test('is taken out as Excel', async () => {
      await page().goto(report);
      const [download] = await Promise.all([
        page().waitForEvent('download'),
        page().getByTestId('export-backtest').click()
      ]);
      expect(download.suggestedFilename()).toMatch(/^bt-\d{4}-\d{4}\.xlsx$/);
    });

    test('is sound in the dark, in English and on a telephone', async () => {
      for (const look of [{ scheme: 'dark' as const, locale: 'en' as const }, { width: 390 }]) {
        const other = await program().window(look);
        for (const path of ['/backtests', report]) {
          await other.open(path);
          await other.page.getByRole('heading', { level: 1 }).waitFor();
          expect(await other.violations()).toEqual([]);
          await other.expectSound();
          const wide = await other.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          expect(wide).toBe(false);
        }
        await other.close();
      }
    });
  });
}
