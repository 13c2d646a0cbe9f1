/**
 * The work with a tutor ends: the dialog says what it comes to, the checklist goes step by step to the archive. Decided,
 * cleared and signed with the keyboard alone.
 */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Preview = { amounts?: { key: string; rp?: number; count?: number }[] };
type Sesi = { id: string; state: string };
/** How somebody ends a sesi that is still live; one that has begun cannot be ended so. */
const ends: Record<string, { command: string; body: object }> = {
  REQUESTED: { command: 'reject', body: { reason: 'Tutor tidak lagi bekerja' } },
  APPROVED: { command: 'cancel', body: { party: 'ADMIN', reason: 'Tutor tidak lagi bekerja' } },
  AWAITING_VALIDATION: { command: 'validate', body: {} }
};
const proof = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==',
  'base64'
);

export function describeTerminations(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  let tutor = { id: '', name: '' };
  let due = 0;
  let path = '';

  const step = (name: string) => page().getByTestId(`step-${name}`);
  const stands = (name: string, state: string) =>
    expect.poll(() => step(name).getAttribute('data-state'), { timeout: 15_000 }).toBe(state);

  async function live(id: string): Promise<Sesi[]> {
    const states = 'REQUESTED,APPROVED,IN_PROGRESS,AWAITING_VALIDATION';
    return (await window().read<{ items: Sesi[] }>(`/sesi?filter[tutor_id]=${id}&filter[state]=${states}&limit=100`))
      .items;
  }

  /** An active tutor with something to be paid, no denda, and a few sesi that somebody can end. */
  async function leaver(): Promise<void> {
    const { items } = await window().read<{ items: { id: string; name: string }[] }>(
      '/people/tutor?filter[status]=ACTIVE&limit=100'
    );
    for (const one of items) {
      const { amounts } = await window().ask<Preview>('/terminations/preview', { tutor_id: one.id, reason: '…' });
      const of = (key: string) => amounts?.find((amount) => amount.key === key);
      if (!of('settlement_due')?.rp || of('settlement_denda')?.rp || !of('sesi_to_clear')?.count) continue;
      const sesi = await live(one.id);
      if (sesi.some((each) => !ends[each.state])) continue;
      [tutor, due] = [one, of('settlement_due')!.rp!];
      return;
    }
    throw new Error('the demo has no such tutor');
  }

  async function confirm(): Promise<void> {
    const dialog = page().getByTestId('command-dialog');
    await dialog.waitFor();
    await dialog.getByTestId('preview').waitFor();
    await page().getByTestId('confirm').focus();
    await page().keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  }

  describe('ending the work with a tutor', () => {
    test('the dialog says what it comes to before, and asks why; decided with the keyboard', async () => {
      await leaver();
      await page().goto(`/tutor/${tutor.id}`);
      await page().getByTestId('terminate').focus();
      await page().keyboard.press('Enter');
      const dialog = page().getByTestId('terminate-dialog');
      await dialog.getByTestId('amount-settlement_due').getByText(rp(due)).waitFor();
      await dialog.getByTestId('warning-sesi_to_clear').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('confirm').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('error-reason').waitFor();
      await page().getByTestId('reason').focus();
      await page().keyboard.type('Mengundurkan diri');
      await page().getByTestId('confirm').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('checklist').waitFor();
      path = new URL(page().url()).pathname;
      await page().getByTestId('tutor-status').getByText('Diberhentikan').waitFor();
      await stands('access', 'DONE');
      await stands('settle', 'WAITING');
      expect(await window().violations()).toEqual([]);
    });

    test('sesi that are left are named and linked; once they are gone the settlement is calculated by itself', async () => {
      const left = await live(tutor.id);
      await step('clear_sesi').getByRole('link').first().waitFor();
      await page().getByTestId('do-confirm_cleared').click();
      const dialog = page().getByTestId('command-dialog');
      await dialog.getByTestId('preview-problem').getByRole('link').first().waitFor();
      expect(await window().violations()).toEqual([]);
      await page().keyboard.press('Escape');
      for (const sesi of left) {
        const { command, body } = ends[sesi.state]!;
        await window().ask(`/workflows/sesi/${sesi.id}/commands/${command}`, body);
      }
      await page().reload();
      await page().getByTestId('do-confirm_cleared').focus();
      await page().keyboard.press('Enter');
      await confirm();
      await stands('settle', 'DONE');
      await stands('pay_out', 'OPEN');
      due = Number((await page().getByTestId('to-move').innerText()).replace(/\D/g, ''));
      expect(await page().getByTestId('line').count()).toBeGreaterThan(0);
      await page().getByTestId('explain').locator('summary').first().click();
      await page().getByTestId('policy-version').waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('an adjustment makes the next revision, with what changed beside the one before', async () => {
      await page().getByTestId('do-adjust').click();
      const dialog = page().getByTestId('command-dialog');
      await dialog.locator('[data-field=amount_rp] input').fill('-10.000');
      await dialog
        .getByTestId('amount-settlement_due')
        .getByText(rp(due - 10_000))
        .waitFor();
      await dialog.locator('[data-field=reason] textarea').fill('Modul hilang');
      await confirm();
      await expect.poll(() => page().getByTestId('to-move').innerText()).toBe(rp(due - 10_000));
      await page().getByTestId('revisions').waitFor();
      expect(await page().getByTestId('revisions').innerText()).toContain(rp(due));
      expect(await window().violations()).toEqual([]);
    });

    test('it is paid with its proof, a day to come is refused at its field and nothing typed is lost', async () => {
      await page().getByTestId('do-record_payout').click();
      const dialog = page().getByTestId('command-dialog');
      const day = dialog.locator('[data-field=moved_on] input');
      await dialog
        .getByTestId('upload-proof_document_id')
        .setInputFiles({ name: 'bukti.png', mimeType: 'image/png', buffer: proof });
      await dialog.getByTestId('uploaded').getByText('bukti.png').waitFor();
      await dialog.locator('[data-field=reference] input').fill('TRX-77');
      const today = await day.inputValue();
      await day.fill('2099-01-01');
      await page().getByTestId('confirm').click();
      await dialog.getByTestId('error-moved_on').waitFor();
      expect(await dialog.locator('[data-field=reference] input').inputValue()).toBe('TRX-77');
      expect(await window().violations()).toEqual([]);
      await day.fill(today);
      await confirm();
      await stands('pay_out', 'DONE');
      await page().getByTestId('moved').getByText('TRX-77').waitFor();
    });

    test('documents are signed for, and the tutor is archived and read only', async () => {
      await page().getByTestId('do-confirm_documents').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('command-dialog').locator('[data-field=note] textarea').fill('Kartu dan modul');
      await confirm();
      await stands('return_documents', 'DONE');
      await page().getByTestId('do-archive').focus();
      await page().keyboard.press('Enter');
      await confirm();
      await stands('archive', 'DONE');
      await page().getByTestId('termination-state').getByText('Diarsipkan').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().goto(`/tutor/${tutor.id}`);
      await page().getByTestId('has-left').getByRole('link').waitFor();
      expect(await page().getByTestId('terminate').count()).toBe(0);
      expect(await page().getByTestId('suspend').count()).toBe(0);
      expect(await window().violations()).toEqual([]);
      await page().goto('/terminations');
      await page().getByTestId('row').getByText(tutor.name).waitFor();
    });

    test('list and page are sound in the dark, small and in English', async () => {
      for (const look of [
        { scheme: 'dark', width: 1440 },
        { width: 390 },
        { width: 390, scheme: 'dark', locale: 'en' }
      ] as const) {
        const other = await program().window(look);
        for (const one of ['/terminations', path]) {
          await other.open(one);
          await other.page
            .getByTestId(one === path ? 'checklist' : 'row')
            .first()
            .waitFor();
          await other.expectSound();
          expect(await other.violations(), one).toEqual([]);
          expect(await other.sidewaysScroll(), one).toBeLessThanOrEqual(0);
        }
        await other.close();
      }
    });
  });
}
