/** Payments in a browser: one recorded and taken back, many at once, and a bank statement matched by keyboard. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Bill = { id: string; number: string; open_rp: number; siswa: { id: string; code: string; name: string } };
type Open = { open_rp: number; deposit_rp: number; bills: { number: string; open_rp: number }[] };
type Figures = { open: number; matched: number };

export function describePayments(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  const unpaid = async () =>
    (await window().read<{ items: Bill[] }>('/tagihan?filter[status]=ISSUED&sort=-number&limit=50')).items;
  const openOf = (bill: Bill) => window().read<Open>(`/payments/open/${bill.siswa.id}`);
  const statusOf = async (bill: Bill) => (await window().read<{ status: string }>(`/tagihan/${bill.id}`)).status;
  let bill: Bill;

  describe('payments', () => {
    test('what a siswa pays is shown on each Tagihan before it is recorded; what is wrong stands at its field', async () => {
      bill = (await unpaid())[0]!;
      const before = await openOf(bill);
      await page().goto('/');
      await page().getByTestId('who').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press('7');
      await page().getByTestId('record-payment').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('combobox-siswa_id').fill(bill.siswa.code);
      await page().getByTestId('option').first().waitFor();
      await page().keyboard.press('Enter');
      await page().getByTestId('amount').fill('seribu');
      await page().getByTestId('error-amount_rp').waitFor();
      await page()
        .getByTestId('amount')
        .fill(String(before.open_rp + 25_000));
      await page().getByTestId('preview').waitFor();
      expect(await page().getByTestId('becomes').count()).toBe(before.bills.length);
      expect(await page().getByTestId('warning-payment_to_deposit').innerText()).toContain(rp(25_000));
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('paid-on').fill('2099-01-01');
      await page().getByTestId('error-paid_on').waitFor();
      expect(await page().getByTestId('amount').inputValue()).toBe(String(before.open_rp + 25_000));
      await page()
        .getByTestId('paid-on')
        .fill(new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10));
      await page().getByTestId('preview').waitFor();
      await page().getByTestId('reference').fill(`BR ${Date.now()}`);
      await page().getByTestId('preview').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('payment-dialog').waitFor({ state: 'detached' });
      const after = await openOf(bill);
      expect([after.open_rp, after.deposit_rp]).toEqual([0, before.deposit_rp + 25_000]);
      expect(await statusOf(bill)).toBe('PAID');
      await window().expectSound();
    });

    test('one entered wrongly is taken back, and both payments stay', async () => {
      await page().goto(`/payments?q=${bill.siswa.code}`);
      await page().getByTestId('row').first().click();
      await page().getByTestId('facts').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('reverse').click();
      await page().getByTestId('preview').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      await page().getByTestId('reason').fill('Salah siswa');
      await page().getByTestId('confirm').click();
      await page().getByTestId('reversed-by').waitFor();
      expect(await statusOf(bill)).toBe('ISSUED');
      await window().expectSound();
    });

    test('many are marked paid at once; the one that was refused says why and stays chosen', async () => {
      await page().goto('/payments/bulk');
      const rows = page().getByTestId('row');
      await rows.first().waitFor();
      const numbers = await Promise.all([0, 1].map((at) => rows.nth(at).locator('.title').innerText()));
      for (const at of [0, 1]) await rows.nth(at).getByRole('checkbox').click();
      await page().getByTestId(`amount-${numbers[1]}`).fill('999999999');
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('pay-all').click();
      await page().getByTestId('failed').waitFor();
      await expect.poll(() => page().getByTestId(`amount-${numbers[0]}`).count()).toBe(0);
      expect(await page().getByTestId(`amount-${numbers[1]}`).inputValue()).toBe('999999999');
      await window().expectSound();
    });

    test('a line of the bank is recorded with y; another is ignored for a reason', async () => {
      const wanted = (await unpaid()).find((each) => each.number !== bill.number)!;
      const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
      const mark = Date.now();
      const csv = `tanggal;keterangan;jumlah\n${today};TRSF ${wanted.number} ${mark};${wanted.open_rp}\n${today};BIAYA ${mark};-6.500\n${today};x;1,5\n`;
      await page().goto('/payments/bank');
      await page().getByTestId('import-statement').click();
      await page()
        .getByTestId('statement-file')
        .setInputFiles({ name: 'mutasi.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
      await page().getByTestId('tried').waitFor();
      expect(await page().getByTestId('faults').innerText()).toContain('4');
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('confirm').click();
      await page().getByTestId('statement-dialog').waitFor({ state: 'detached' });

      const figures = await window().read<Figures>('/bank-lines/figures');
      await page().goto(`/payments/bank?q=${mark}`);
      await expect.poll(() => page().getByTestId('bank-line').count()).toBe(2);
      await page().getByTestId('bank-line').filter({ hasText: wanted.number }).click();
      await page().getByTestId('proposal').first().waitFor();
      expect(await window().violations()).toEqual([]);
      await page().locator('h1').click();
      await page().keyboard.press('y');
      await page().getByTestId('preview').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('payment-dialog').waitFor({ state: 'detached' });
      await expect.poll(() => page().getByTestId('bank-line').count()).toBe(1);
      expect(await statusOf(wanted)).toBe('PAID');

      await page().getByTestId('no-proposals').waitFor();
      await page().keyboard.press('i');
      await page().getByTestId('reason').fill('biaya bank');
      await page().getByTestId('confirm').click();
      await expect.poll(() => page().getByTestId('bank-line').count()).toBe(0);
      const left = await window().read<Figures>('/bank-lines/figures');
      expect([left.open, left.matched]).toEqual([figures.open - 2, figures.matched + 1]);
      await window().expectSound();
    });

    test('on a phone, in the dark and in English nothing scrolls sideways', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark', locale: 'en' });
      for (const path of ['/payments', '/payments/bulk', '/payments/bank', '/payments/pph']) {
        await phone.open(path);
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      await phone.close();
    });
  });
}
