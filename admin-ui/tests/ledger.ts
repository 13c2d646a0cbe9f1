/** The books of a month: the trial balance, an account's entries, one of them unfolded down to its cause. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Balance = {
  month: string;
  total: { debit_rp: number; credit_rp: number };
  accounts: { account: string; debit_rp: number }[];
};
type Entries = { total: number };

export function describeLedger(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  const month = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 7);

  describe('the ledger', () => {
    test('shows a month that balances, reached by its hot key', async () => {
      await page().goto('/');
      await page().getByTestId('figure-late').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press('2');
      await page().getByTestId('trial-balance').waitFor();
      const balance = await window().read<Balance>('/ledger/trial-balance');
      expect(balance.month).toBe(month);
      expect(balance.total.debit_rp).toBe(balance.total.credit_rp);
      expect(await page().getByTestId('total').innerText()).toContain(rp(balance.total.debit_rp));
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('an account opens its entries, and an entry leads to what caused it', async () => {
      const piutang = page().getByTestId('account-1100').getByRole('link');
      await piutang.focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('all-accounts').waitFor();
      const found = await window().read<Entries>(`/ledger/entries?filter[month]=${month}&filter[account]=1100`);
      await expect
        .poll(async () => (await page().getByTestId('entries-total').innerText()).replaceAll('.', ''))
        .toBe(String(found.total));
      const lesson = page().locator('[data-testid=entry][data-kind=sesi_completed]').first();
      await lesson.locator('summary').focus();
      await page().keyboard.press('Enter');
      expect(await lesson.innerText()).toContain('Piutang Siswa');
      expect(await window().violations()).toEqual([]);
      const path = await lesson.getByTestId('cause').getAttribute('href');
      expect(path).toMatch(/^\/sesi\//);
      await lesson.getByTestId('cause').click();
      await page().getByTestId('sesi-state').waitFor();
    });

    test('on a phone nothing scrolls sideways, and a month without entries says so', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark' });
      for (const path of ['/ledger', '/ledger?month=2019-01']) {
        await phone.open(path);
        await phone.page.getByTestId('trial-balance').waitFor();
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      expect(await phone.page.getByTestId('empty').count()).toBe(1);
      await phone.close();
    });
  });
}
