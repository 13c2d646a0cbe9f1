/** A case file, opened from a cancelled sesi and taken out; and the cancellation report, whose figures lead to their sesi. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

export function describeCasefile(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  let path = '';

  describe('case file', () => {
    test('it is opened from a cancelled sesi and tells what belongs to it', async () => {
      const { items } = await window().read<{ items: { id: string }[] }>(
        '/reports/cancellations/sesi?filter[state]=CANCELLED&filter[party]=TUTOR&filter[bracket]=1&limit=1'
      );
      await page().goto(`/sesi/${items[0]!.id}`);
      await page().getByTestId('casefile-link').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('casefile').waitFor();
      path = new URL(page().url()).pathname;
      expect(await page().getByTestId('cases').innerText()).toContain('Denda');
      expect(await page().getByTestId('events').innerText()).toContain('Sesi dibatalkan');
      expect(await page().getByTestId('rulings').innerText()).toContain('Pembatalan oleh tutor');
      expect(await page().getByTestId('entries').innerText()).toContain('Denda tutor');
      await page().getByTestId('cases').getByText('DND-').click();
      await page().waitForURL('**/casefile/denda/*');
      await page().getByTestId('casefile').waitFor();
    });

    test('the PDF comes as a file', async () => {
      await page().goto(path);
      // A debug build on a busy machine takes its time to set pages.
      const begun = page().waitForEvent('download', { timeout: 120_000 });
      await page().getByTestId('pdf').focus();
      await page().keyboard.press('Enter');
      const file = await begun;
      expect(file.suggestedFilename()).toMatch(/^berkas-SES-\d{4}-\d{6}\.pdf$/);
      const bytes = readFileSync(await file.path());
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
      expect(bytes.length).toBeGreaterThan(20_000);
    }, 150_000);

    test.each([
      ['light', 1440],
      ['dark', 390]
    ] as const)('it is accessible, %s at %i px', async (scheme, width) => {
      const other = await program().window({ scheme, width });
      await other.open(path);
      await other.page.getByTestId('proof-records').locator('summary').click();
      expect(await other.violations()).toEqual([]);
      expect(await other.sidewaysScroll()).toBeLessThanOrEqual(0);
      await other.close();
    });
  });

  describe('cancellation report', () => {
    const total = () => page().getByTestId('behind-total').innerText();

    test('a figure leads to as many sesi as it says, with the keyboard', async () => {
      await page().goto('/reports/cancellations');
      const last = page().getByTestId('lead-TUTOR').getByRole('link').last();
      await last.waitFor();
      const figure = (await last.innerText()).split('\n').at(-1)!.trim();
      expect(Number(figure)).toBeGreaterThan(0);
      await last.focus();
      await page().keyboard.press('Enter');
      await page().waitForURL('**bracket=*');
      await expect.poll(total).toBe(figure);
      expect(await page().getByTestId('row').first().innerText()).toContain('Tutor');
      await page().getByTestId('show-all').focus();
      await page().keyboard.press('Enter');
      await expect.poll(total).not.toBe(figure);
    });

    test('the chart says in words what it shows, and the table beside it the same in figures', async () => {
      const told = await page().getByTestId('rate-chart').getByRole('img').getAttribute('aria-label');
      const rates = await page().getByTestId('months').locator('tbody td.rate').allInnerTexts();
      expect(rates.length).toBeGreaterThan(1);
      for (const rate of rates) expect(told).toContain(rate);
    });

    test('a period that ends before it begins is refused at its field, and nothing chosen is lost', async () => {
      await page().goto('/reports/cancellations?from=2026-11-02&until=2026-11-01');
      await page().getByTestId('error-until').waitFor();
      expect(await page().getByTestId('period').locator('[data-field=from] input').inputValue()).toBe('2026-11-02');
    });

    test.each([
      ['light', 1440],
      ['dark', 1440],
      ['dark', 390]
    ] as const)('it is accessible, %s at %i px', async (scheme, width) => {
      const other = await program().window({ scheme, width });
      await other.open('/reports/cancellations');
      await other.page.getByTestId('months').waitFor();
      expect(await other.violations()).toEqual([]);
      expect(await other.sidewaysScroll()).toBeLessThanOrEqual(0);
      await other.close();
    });
  });
}
