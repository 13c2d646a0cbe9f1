/** Honorarium in a browser: many paid at once with PPh by a rate, each line explained, the slip; and the page of billing runs. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Row = { id: string; number: string; net_rp: number; open_rp: number; status: string };
type List = { items: Row[]; total: number; sums: { open_rp: number; open_count: number } };
type Runs = { items: { id: string; code: string; state: string; period_month: string }[] };

export function describeHonorarium(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  const read = () => window().read<List>('/honorarium?filter[status]=ISSUED');
  let finished: Runs['items'][number];

  describe('Honorarium', () => {
    test('two are paid at once with PPh by a rate, and the result stands in each row', async () => {
      await page().goto('/');
      await page().getByTestId('who').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press('6');
      await page().waitForURL('**/honorarium');
      await page().getByTestId('filter-status').selectOption('ISSUED');
      const before = await read();
      await expect.poll(() => page().getByTestId('sum-open').innerText()).toBe(rp(before.sums.open_rp));
      const rows = page().getByTestId('row');
      for (const at of [0, 1]) await rows.nth(at).getByRole('checkbox').click();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('pay-selected').click();
      await page().getByTestId('pph').first().fill('999999999999');
      expect(await page().getByTestId('pay-confirm').isDisabled()).toBe(true);
      await page().getByTestId('rate').fill('2,5');
      await page().getByTestId('fill-rate').click();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('reference').fill('BCA 1');
      await page().getByTestId('pay-confirm').click();
      await expect.poll(() => page().getByTestId('paid').count()).toBe(2);
      await page().getByTestId('pay-close').click();
      await page().getByTestId('pay-dialog').waitFor({ state: 'detached' });
      await expect.poll(async () => (await read()).sums.open_count).toBe(before.sums.open_count - 2);
      const paid = await window().read<Row & { pph_withheld_rp: number }>(`/honorarium/${before.items[0]!.id}`);
      expect([paid.status, paid.pph_withheld_rp > 0]).toEqual(['PAID', true]);
      await window().expectSound();
    });

    test('every amount leads to price, rule and entry, and the slip is a PDF', async () => {
      await page().goto(`/honorarium/${(await read()).items[0]!.id}`);
      const amount = page().locator('[data-testid^=explain-]').first();
      await amount.focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('line-explanation').getByTestId('step-entry').first().waitFor();
      expect(await window().violations()).toEqual([]);
      const [slip] = await Promise.all([page().waitForEvent('download'), page().getByTestId('slip').click()]);
      expect(slip.suggestedFilename()).toMatch(/^slip-HON-\d{4}-\d{2}-\d{5}\.pdf$/);
      await window().expectSound();
    });

    test('the billing page says when the next run is, refuses a month that is not over, and shows what a run made', async () => {
      await page().keyboard.press('g');
      await page().keyboard.press('4');
      await page().waitForURL('**/billing');
      await page().getByTestId('next-run').waitFor();
      await page().getByTestId('begin').click();
      await page().getByTestId('begin-month').fill('2099-01');
      await page().getByTestId('begin-confirm').click();
      await page().getByTestId('error-period_month').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().keyboard.press('Escape');
      finished = (await window().read<Runs>('/billing-runs?filter[state]=DONE&sort=code')).items[0]!;
      await page().goto(`/billing/${finished.id}`);
      await page().getByTestId('side-tutor').waitFor();
      expect(await page().getByTestId('billing_run-state').innerText()).toContain('Selesai');
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('on a phone, in the dark and in English nothing scrolls sideways', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark', locale: 'en' });
      const one = (await read()).items[0]!;
      for (const path of ['/honorarium', `/honorarium/${one.id}`, '/billing', `/billing/${finished.id}`]) {
        await phone.open(path);
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      await phone.close();
    });
  });
}
