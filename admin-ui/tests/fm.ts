/**
 * Force majeure from claim to overturn, with two different people: filed on the page of a sesi, rejected by one, appealed, and
 * decided by another, who sees beforehand what would be undone. Partly with the keyboard alone.
 */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Claimable = {
  tutor: { id: string };
  denda_rp: number | null;
  denda_status: string | null;
  refused: string | null;
};

const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
);

export function describeFm(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const state = () => page().getByTestId('fm_claim-state').innerText();
  let claim = '';

  /** A sesi with a penalty that may be claimed: one there is, or one that is cancelled now. */
  async function penalised(): Promise<string> {
    for (const found of ['CANCELLED', 'NO_SHOW_TUTOR']) {
      const { items } = await window().read<{ items: { id: string }[] }>(
        `/sesi?filter[state]=${found}&sort=-starts_at&limit=100`
      );
      for (const { id } of items) {
        const claimable = await window().read<{ items: Claimable[] }>(`/fm-claims/claimable?sesi_id=${id}`);
        if (claimable.items.some((one) => !one.refused && one.denda_status === 'APPLIED' && one.denda_rp)) return id;
      }
    }
    // An earlier run has claimed them all: the tutor of the next sesi cancels it.
    const { items } = await window().read<{ items: { id: string; starts_at: string }[] }>(
      '/sesi?filter[state]=APPROVED&sort=starts_at&limit=20'
    );
    const next = items.find(({ starts_at }) => Date.parse(starts_at) > Date.now());
    await window().ask(`/workflows/sesi/${next!.id}/commands/cancel`, { party: 'TUTOR', reason: 'Sakit' });
    return next!.id;
  }

  /** Opens a command's dialog from the keyboard, gives the reason and confirms. */
  async function byKeyboard(on: Page, command: string, reason: string): Promise<void> {
    await on.getByTestId(`command-${command}`).focus();
    await on.keyboard.press('Enter');
    const dialog = on.getByTestId('command-dialog');
    await dialog.waitFor();
    await dialog.locator('[data-field=reason] textarea').focus();
    await on.keyboard.type(reason);
    await dialog.getByTestId('confirm').focus();
    await on.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  }

  describe('force majeure', () => {
    test('a claim is filed on the page of the sesi, with evidence, and keeps what was typed when it is refused', async () => {
      await page().goto(`/sesi/${await penalised()}`);
      await page().getByTestId('file-claim').click();
      const dialog = page().getByTestId('file-claim-dialog');
      await dialog.getByTestId('nested-denda-hold').waitFor();
      await dialog.locator('[data-field=category] label').filter({ hasText: 'Sakit' }).click();
      await dialog.getByTestId('confirm').click();
      await dialog.getByTestId('error-story').waitFor();
      expect(await dialog.locator('[data-field=category] input:checked').count()).toBe(1);
      expect(await window().violations()).toEqual([]);
      await dialog.getByTestId('claim-story').fill('Demam tinggi sejak subuh; ada surat dokter.');
      await dialog.getByTestId('upload-evidence').setInputFiles({
        name: 'surat dokter.png',
        mimeType: 'image/png',
        buffer: onePixelPng
      });
      await dialog.getByTestId('claim-evidence').getByText('surat dokter.png').waitFor();
      await dialog.getByTestId('confirm').click();
      await page().getByTestId('fm_claim-state').waitFor();
      claim = new URL(page().url()).pathname;
      expect(await state()).toContain('Tinjauan 1');
      expect(await page().getByTestId('denda-state').innerText()).toContain('Ditahan');
      expect(await page().getByTestId('evidence').innerText()).toContain('SHA-256');
      await page().getByTestId('counterfactual').getByTestId('nested-denda-reverse').waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('it is rejected by keyboard; the appeal window is open, and then the appeal', async () => {
      await byKeyboard(page(), 'reject', 'Tanggal surat tidak jelas');
      await page().getByTestId('appeal-window').waitFor();
      expect(await page().getByTestId('denda-state').innerText()).toContain('Dikenakan');
      await byKeyboard(page(), 'appeal', 'Surat dokter diperjelas');
      await expect.poll(state).toContain('Banding');
    });

    test('whoever rejected it is told before the click that somebody else decides', async () => {
      await page().getByTestId('four-eyes').waitFor();
      expect(await page().getByTestId('command-overturn').count()).toBe(0);
      await page().getByTestId('refused-commands').locator('summary').click();
      await page().getByTestId('refused-commands').getByText('orang lain').first().waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('somebody else finds it in the queue, sees what would be undone, and overturns it by keyboard', async () => {
      const senior = await program().approver();
      await senior.open('/fm?tab=l2');
      const row = senior.page.locator(`[data-testid=row]:has(a[href="${claim}"])`);
      await row.focus();
      await senior.page.keyboard.press('Enter');
      const undone = senior.page.getByTestId('counterfactual');
      await undone.getByTestId('nested-denda-reverse').getByText('Denda').first().waitFor();
      await undone.getByTestId('amount-denda_returned').waitFor();
      expect(await senior.violations()).toEqual([]);
      await byKeyboard(senior.page, 'overturn', 'Surat dokter sah');
      await expect.poll(() => senior.page.getByTestId('fm_claim-state').innerText()).toContain('dikabulkan');
      expect(await senior.page.getByTestId('denda-state').innerText()).toContain('Dibalik');
      expect(await senior.page.getByTestId('step-l2').innerText()).toContain('Surat dokter sah');
      expect(await senior.violations()).toEqual([]);
      await senior.close();
    });

    test('its pages are sound in English, in the dark and on a phone', async () => {
      for (const look of [
        { scheme: 'dark', width: 390, locale: 'en' },
        { scheme: 'light', width: 1440, locale: 'en' },
        { scheme: 'dark', width: 1440, locale: 'id' }
      ] as const) {
        const seen = await program().window(look);
        for (const path of [claim, '/fm', '/fm?tab=closed', '/fm?tab=appeal']) {
          await seen.open(path);
          expect(await seen.violations(), path).toEqual([]);
          expect(await seen.sidewaysScroll(), path).toBeLessThanOrEqual(0);
          await seen.expectSound();
        }
        await seen.close();
      }
    });
  });
}
