/** Corrections in the browser: a small adjustment at once, a large one by somebody else, and who owes how much since when. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Siswa = { id: string; code: string; name: string };
type Amounts = { total_rp: number };

export function describeCorrections(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  let siswa: Siswa;
  let waiting = '';

  /** Opens the dialog and says for whom and how much, with the keyboard. */
  async function adjust(amount: string): Promise<void> {
    await page().goto('/corrections');
    await page().getByTestId('new-adjustment').focus();
    await page().keyboard.press('Enter');
    const dialog = page().getByTestId('adjustments-dialog');
    await dialog.getByRole('combobox').fill(siswa.code);
    await dialog.getByTestId('option').first().waitFor();
    await page().keyboard.press('Enter');
    await page().getByTestId('amount').fill(amount);
  }

  describe('corrections', () => {
    test('a small adjustment counts at once; what is wrong stands at its field and nothing typed is lost', async () => {
      const { items } = await window().read<{ items: Siswa[] }>('/siswa?limit=1');
      siswa = items[0]!;
      await adjust('0');
      await page().getByTestId('error-amount_rp').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('amount').fill('12500');
      await page().getByTestId('preview').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      expect(await page().getByTestId('amount').inputValue()).toBe('12500');
      await page().getByTestId('reason').fill('Modul cetak');
      await page().getByTestId('confirm').click();
      await page().getByTestId('money_adjustment-state').getByText('Dibukukan').waitFor();
      expect(await page().getByTestId('amount').innerText()).toBe(rp(12_500));
      expect(await window().violations()).toEqual([]);
    });

    test('a large one waits, and somebody else decides on its page', async () => {
      await adjust('250000');
      await page().getByTestId('preview').waitFor();
      expect(await page().getByTestId('confirm').innerText()).toBe('Ajukan');
      await page().getByTestId('reason').fill('Biaya pendaftaran');
      await page().getByTestId('confirm').click();
      await page().getByTestId('money_adjustment-state').getByText('Menunggu persetujuan').waitFor();
      waiting = new URL(page().url()).pathname;
      const other = await program().approver();
      await other.page.goto(waiting);
      await other.page.getByTestId('command-approve').click();
      await other.page.getByTestId('confirm').click();
      await other.page.getByTestId('money_adjustment-state').getByText('Dibukukan').waitFor();
      await other.close();
    });

    test('who owes how much leads from the bar to each siswa, on every screen', async () => {
      const { totals } = await window().read<{ totals: Amounts }>('/aging?limit=1');
      for (const look of [{ width: 390 }, { scheme: 'dark', locale: 'en' }] as const) {
        const other = await program().window(look);
        await other.page.goto('/aging');
        await other.page.getByTestId('aging-total').waitFor();
        expect(await other.page.getByTestId('aging-total').innerText()).toBe(rp(totals.total_rp));
        expect(await other.violations()).toEqual([]);
        await other.close();
      }
      await page().goto('/aging');
      await page().getByTestId('age-not_billed').click();
      await page().getByTestId('found').waitFor();
      await page().locator('tbody a.title').first().click();
      await page().getByTestId('aging-bar').waitFor();
      expect(await window().violations()).toEqual([]);
    });
  });
}
