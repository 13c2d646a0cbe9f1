/** A computed result overridden in the browser: a small one at once, a large one by somebody else, both amounts to be seen. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Amount = { key: string; rp: number; computed_rp: number; steps: { kind: string }[] };

export function describeOverrides(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  let sesi = '';
  let computed = 0;
  let overriding = '';

  /** Unfolds the denda of the sesi; a reload has folded it. */
  async function unfold(on: Page): Promise<void> {
    const denda = on.getByTestId('explain-denda');
    await denda.waitFor();
    if ((await denda.getAttribute('open')) === null) await denda.locator('summary').first().click();
  }

  async function type(amount: string): Promise<void> {
    await page().goto(sesi);
    await unfold(page());
    await page().getByTestId('override-denda').click();
    await page().getByTestId('override-dialog').waitFor();
    await page().getByTestId('final').fill(amount);
  }

  describe('overriding a result', () => {
    test('a denda is changed by a little at once, and the computed amount stays beside it', async () => {
      const { items } = await window().read<{ items: { id: string }[] }>(
        '/sesi?filter[state]=CANCELLED&sort=-starts_at&limit=100'
      );
      for (const { id } of items) {
        const { amounts } = await window().read<{ amounts: Amount[] }>(`/explain/sesi/${id}`);
        const denda = amounts.find((amount) => amount.key === 'denda');
        if (!denda?.computed_rp || denda.steps.some((step) => step.kind === 'override')) continue;
        // Once it is final, or while a claim is open, it stays as it is.
        const left = await window().read<{ denda: { status: string }[] }>(`/sesi/${id}`);
        if (left.denda.at(-1)?.status !== 'APPLIED') continue;
        [sesi, computed] = [`/sesi/${id}`, denda.computed_rp];
        break;
      }
      expect(computed).toBeGreaterThan(0);
      await type('-5');
      await page().getByTestId('error-final_rp').waitFor();
      expect(await window().violations()).toEqual([]);
      const final = computed - 1_000;
      await page().getByTestId('final').fill(rp(final).slice(2));
      const dialog = page().getByTestId('override-dialog');
      await dialog.getByTestId('amount-override_final').getByText(rp(final)).waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      expect(await page().getByTestId('final').inputValue()).toBe(rp(final).slice(2));
      await page().getByTestId('reason').fill('Disepakati dengan tutor');
      await page().getByTestId('confirm').click();
      await dialog.waitFor({ state: 'detached' });
      const denda = page().getByTestId('explain-denda');
      await expect.poll(() => denda.getByTestId('counts').innerText()).toBe(rp(final));
      expect(await denda.getByTestId('computed').innerText()).toBe(rp(computed));
      await unfold(page());
      expect(await denda.getByTestId('step-override').innerText()).toContain('Disepakati dengan tutor');
      expect(await denda.getByTestId('step-entry').count()).toBe(3);
      expect(await window().violations()).toEqual([]);
    });

    test('a large one waits, and whoever asked cannot approve it', async () => {
      await type(String(computed + 500_000));
      await page().getByTestId('needs-senior').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('reason').fill('Kerugian siswa');
      await page().getByTestId('confirm').click();
      await page().getByTestId('override-dialog').waitFor({ state: 'detached' });
      await unfold(page());
      await page().getByTestId('explain-denda').getByText('Menunggu persetujuan').first().waitFor();
      await page().getByTestId('step-override').last().getByRole('link').click();
      await page().getByTestId('command-withdraw').waitFor();
      expect(await page().getByTestId('command-approve').count()).toBe(0);
      overriding = new URL(page().url()).pathname;
    });

    test('somebody else approves it, sees what is booked, and it counts', async () => {
      const senior = await program().approver();
      await senior.open(overriding);
      expect(await senior.violations()).toEqual([]);
      await senior.page.getByTestId('command-approve').click();
      await senior.page.getByTestId('command-dialog').getByTestId('preview-amounts').waitFor();
      await senior.page.getByTestId('confirm').click();
      await senior.page.getByTestId('command-dialog').waitFor({ state: 'detached' });
      await expect.poll(() => senior.page.getByTestId('override-state').innerText()).toContain('Berlaku');
      await senior.close();
      await page().goto(sesi);
      const denda = page().getByTestId('explain-denda');
      await expect.poll(() => denda.getByTestId('counts').innerText()).toBe(rp(computed + 500_000));
      expect(await denda.getByTestId('computed').innerText()).toBe(rp(computed));
    });

    test('its page is sound in English, in the dark and on a phone', async () => {
      for (const look of [
        { scheme: 'dark', width: 390, locale: 'en' },
        { scheme: 'light', width: 1440, locale: 'en' }
      ] as const) {
        const seen = await program().window(look);
        await seen.open(overriding);
        expect(await seen.violations()).toEqual([]);
        expect(await seen.sidewaysScroll()).toBeLessThanOrEqual(0);
        await seen.close();
      }
    });
  });
}
