/** A closed month opened again and closed again, by two people: one asks and signs, the other approves and closes. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Row = { month: string; state: string; closings: number };
const signed = ['tagihan', 'honorarium', 'payments', 'force_majeure', 'corrections'];

export function describePeriods(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  let month = '';
  let closings = 0;
  const state = (of: Page) => of.getByTestId('period-state').innerText();

  async function confirmed(of: Page, dialog: string): Promise<void> {
    await of.getByTestId(dialog).getByTestId('confirm').click();
    await of.getByTestId(dialog).waitFor({ state: 'detached' });
  }

  describe('closing a month', () => {
    test('the list says of each month how far it is', async () => {
      await page().goto('/periods');
      await page().getByTestId('periods').waitFor();
      expect(await window().violations()).toEqual([]);
      const { items } = await window().read<{ items: Row[] }>('/periods');
      const closed = items.find((row) => row.state === 'CLOSED');
      if (!closed) throw new Error('the demo has no closed month');
      ({ month, closings } = closed);
      await page().getByTestId(`period-${month}`).getByRole('link').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId(`closing-${closings}`).waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('a closed month is made again and is what it was', async () => {
      await page().getByTestId('verify').click();
      await page().getByTestId('verified').waitFor();
    });

    test('whoever asks to open it gives a reason, and somebody else approves', async () => {
      await page().getByTestId('reopen').click();
      const dialog = page().getByTestId('reopen-dialog');
      await dialog.getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      expect(await window().violations()).toEqual([]);
      await dialog.getByTestId('reason').fill('Satu sesi tertinggal');
      await confirmed(page(), 'reopen-dialog');
      await page().getByTestId('reopening').first().getByText('Menunggu persetujuan').waitFor();

      const senior = await program().approver();
      await senior.open(`/periods/${month}`);
      await senior.page.getByTestId('reopening-approve').click();
      await confirmed(senior.page, 'command-dialog');
      await expect.poll(() => state(senior.page)).toContain('Dibuka lagi');
      await senior.expectSound();
      await senior.close();
    });

    test('each check is signed on what is seen, and another person closes', async () => {
      await page().goto(`/periods/${month}`);
      await page().getByTestId('begin').click();
      await page().getByTestId(`sign-${signed[0]}`).waitFor();
      expect(await window().violations()).toEqual([]);
      for (const check of signed) {
        await page().getByTestId(`sign-${check}`).click();
        await page().getByTestId('sign-dialog').getByTestId('note').fill('Sudah dilihat');
        await confirmed(page(), 'sign-dialog');
        await expect
          .poll(() => page().getByTestId(`step-${check}`).getByTestId('step-state').innerText())
          .toContain('ditandatangani');
      }
      await expect
        .poll(() => page().getByTestId('steps-done').innerText(), { timeout: 20_000 })
        .toBe('8 dari 8 selesai');
      // All signatures are one person's: the dialog says so instead of closing.
      await page().getByTestId('close-month').click();
      await page().getByTestId('preview-problem').getByText('Orang lain yang menutup').waitFor();
      await page().keyboard.press('Escape');

      const senior = await program().approver();
      await senior.open(`/periods/${month}`);
      await senior.page.getByTestId('close-month').click();
      await senior.page.getByTestId('command-dialog').getByTestId('amount-closing_number').waitFor();
      await confirmed(senior.page, 'command-dialog');
      await expect.poll(() => state(senior.page), { timeout: 20_000 }).toContain('Ditutup');
      await senior.page.getByTestId(`closing-${closings + 1}`).waitFor();
      await senior.page.getByTestId('reopening').first().getByText('Ditutup lagi').waitFor();
      expect(await senior.violations()).toEqual([]);
      await senior.expectSound();
      await senior.close();
    });

    test('its pages are sound in English, in the dark and on a phone', async () => {
      for (const look of [
        { scheme: 'dark', width: 390, locale: 'en' },
        { scheme: 'light', width: 1440, locale: 'en' }
      ] as const) {
        const seen = await program().window(look);
        for (const path of ['/periods', `/periods/${month}`]) {
          await seen.open(path);
          expect(await seen.violations()).toEqual([]);
          expect(await seen.sidewaysScroll()).toBeLessThanOrEqual(0);
          await seen.expectSound();
        }
        await seen.close();
      }
    });
  });
}
