/** The first page of the morning: what is late, owed and still to close, each figure a way to its list. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Overview = {
  tasks_late: number;
  overdue: { open_rp: number; siswa: number } | null;
  month: { month: string } | null;
};
type Money = { months: { month: string; revenue_rp: number }[]; receivable_rp: number };

export function describeDashboard(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;

  describe('the first page', () => {
    test('shows money, the month and what is late, as the API says', async () => {
      await page().goto('/');
      await page().getByTestId('month').waitFor();
      const receivable = page().getByTestId('receivable');
      await receivable.waitFor();
      const [overview, money] = await Promise.all([
        window().read<Overview>('/overview'),
        window().read<Money>('/overview/money')
      ]);
      expect(await receivable.innerText()).toContain(rp(money.receivable_rp));
      expect(await page().getByTestId('figure-late').innerText()).toContain(String(overview.tasks_late));
      expect(await page().getByTestId('figure-overdue').locator('strong').getAttribute('title')).toBe(
        rp(overview.overdue!.open_rp)
      );
      expect(await page().getByTestId('money').locator('tbody tr').count()).toBe(money.months.length);
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('a figure leads to its list', async () => {
      await page().getByTestId('figure-overdue').click();
      await page().getByTestId('due-total').waitFor();
      expect(new URL(page().url()).pathname).toBe('/reminders');
      await page().goBack();
      await page().getByTestId('figure-late').click();
      await page().getByTestId('row').first().waitFor();
      expect(new URL(page().url()).searchParams.get('late')).toBe('true');
    });

    test('on a phone in the dark, and in English, nothing scrolls sideways', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark', locale: 'en' });
      await phone.open('/');
      await phone.page.getByTestId('money').waitFor();
      expect(await phone.violations()).toEqual([]);
      expect(await phone.sidewaysScroll()).toBeLessThanOrEqual(0);
      await phone.expectSound();
      await phone.close();
    });
  });
}
