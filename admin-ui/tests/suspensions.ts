/**
 * A tutor suspended with sesi in it, what is left to be moved, and an early end: one asks, another approves. The
 * suspension is imposed with the keyboard alone.
 */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Sesi = { id: string; tutor: { id: string; name: string } };
type Preview = { amounts?: { key: string; count?: number }[] };

export function describeSuspensions(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  let tutor = { id: '', name: '' };
  let within = 0;
  let suspension = '';
  let reactivation = '';

  /** An active tutor with sesi in the next two weeks. */
  async function busy(): Promise<void> {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const { items } = await window().read<{ items: Sesi[] }>(
      `/sesi?filter[state]=APPROVED&filter[from]=${tomorrow}&sort=starts_at&limit=100`
    );
    for (const sesi of items) {
      const wish = { tutor_id: sesi.tutor.id, days: 14, reason: '…' };
      const { amounts } = await window().ask<Preview>('/suspensions/preview', wish);
      within = amounts?.find((amount) => amount.key === 'affected_sesi')?.count ?? 0;
      tutor = sesi.tutor;
      if (within > 0) return;
    }
    throw new Error('the demo has no active tutor with sesi ahead');
  }

  const choose = (text: string) => page().getByTestId('suspend-dialog').getByText(text, { exact: true });
  const pathname = () => new URL(page().url()).pathname;

  describe('suspending a tutor', () => {
    test('the dialog says until when and how many sesi lie in it, and keeps what was typed', async () => {
      await busy();
      await page().goto(`/tutor/${tutor.id}`);
      await page().getByTestId('suspend').focus();
      await page().keyboard.press('Enter');
      const dialog = page().getByTestId('suspend-dialog');
      await dialog.getByTestId('preview').waitFor();
      expect(await window().violations()).toEqual([]);
      await choose('Lainnya').click();
      await page().getByTestId('days').fill('400');
      await page().getByTestId('error-days').waitFor();
      await page().getByTestId('days').fill('');
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-days').waitFor();
      await page().getByTestId('error-reason').waitFor();
      await choose('Tanpa batas').click();
      await dialog.getByTestId('preview').getByText('Tinjau penangguhan tanpa batas').waitFor();
      // The arrows move among the radios: two back is fourteen days again.
      for (const _ of ['30', '14', 'other']) await page().keyboard.press('ArrowLeft');
      await expect.poll(() => dialog.getByTestId('amount-suspension_days').innerText()).toBe('14');
      expect(await dialog.getByTestId('amount-affected_sesi').innerText()).toContain(String(within));
      await page().getByTestId('reason').focus();
      await page().keyboard.type('Tidak datang tiga kali');
      await page().keyboard.press('Tab');
      await page().keyboard.press('Tab');
      await page().keyboard.press('Enter');
      await page().getByTestId('suspension-state').waitFor();
      expect(await page().getByTestId('suspension-state').innerText()).toContain('Berjalan');
      suspension = pathname();
    });

    test('its page names each sesi, and nobody says they are settled while one is left', async () => {
      expect(await page().getByTestId('affected-sesi').count()).toBe(within);
      expect(await page().getByTestId('countdown').first().innerText()).toContain('hari lagi');
      expect(await page().getByTestId('why').innerText()).toBe('Tidak datang tiga kali');
      expect(await page().getByTestId('reassign').getAttribute('href')).toContain(`tutor=${tutor.id}`);
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('command-confirm_cleared').click();
      const dialog = page().getByTestId('command-dialog');
      await dialog.getByText(`Masih ada ${within} sesi`).first().waitFor();
      await page().keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    });

    test('the page of the tutor says so, and the inbox asks for the sesi to be moved', async () => {
      await page().goto(`/tutor/${tutor.id}`);
      await page().getByTestId('suspended').getByRole('link').waitFor();
      expect(await page().getByTestId('person-status').innerText()).toContain('Ditangguhkan');
      expect(await page().getByTestId('suspend').count()).toBe(0);
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('suspended').getByRole('link').click();
      await page().getByTestId('suspension-state').waitFor();
      const code = await page().locator('h1').innerText();
      await page().goto(`/inbox?q=${code}`);
      await page().getByTestId('row').first().getByText('Pindahkan sesi tutor').waitFor();
      await page().goto('/suspensions');
      await page().getByTestId('row').filter({ hasText: tutor.name }).first().waitFor();
    });

    test('whoever asks for an early end does not decide about it', async () => {
      await page().goto(suspension);
      await page().getByTestId('ask-reactivation').click();
      await page().getByTestId('reactivate-dialog').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      await page().getByTestId('reason').fill('Sudah dibina');
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('confirm').click();
      await page().getByTestId('reactivation-state').waitFor();
      reactivation = pathname();
      await page().getByTestId('four-eyes').waitFor();
      await page().getByTestId('command-withdraw').waitFor();
      expect(await page().getByTestId('command-approve').count()).toBe(0);
      expect(await window().violations()).toEqual([]);
    });

    test('somebody else approves it, and the tutor teaches again', async () => {
      const senior = await program().approver();
      await senior.open(reactivation);
      expect(await senior.page.getByTestId('asked-because').innerText()).toBe('Sudah dibina');
      expect(await senior.page.getByTestId('affected-sesi').count()).toBe(within);
      expect(await senior.violations()).toEqual([]);
      await senior.page.getByTestId('command-approve').focus();
      await senior.page.keyboard.press('Enter');
      const dialog = senior.page.getByTestId('command-dialog');
      await dialog.getByTestId('preview').waitFor();
      await dialog.getByTestId('confirm').focus();
      await senior.page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => senior.page.getByTestId('reactivation-state').innerText()).toContain('Disetujui');
      await senior.expectSound();
      await senior.close();
      await page().goto(suspension);
      await page().getByTestId('ended').getByText('Pengaktifan kembali disetujui').waitFor();
      expect(await page().getByTestId('suspension-state').innerText()).toContain('Dicabut');
      await page().goto(`/tutor/${tutor.id}`);
      await page().getByTestId('suspend').waitFor();
      expect(await page().getByTestId('suspended').count()).toBe(0);
    });

    test('its pages are sound in English, in the dark and on a phone', async () => {
      for (const look of [
        { scheme: 'dark', width: 390, locale: 'en' },
        { scheme: 'light', width: 1440, locale: 'en' }
      ] as const) {
        const seen = await program().window(look);
        for (const path of [suspension, reactivation]) {
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
