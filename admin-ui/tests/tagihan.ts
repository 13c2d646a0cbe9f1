/** A Tagihan in a browser: found in the list, every line explained, its text copied, its PDF read, a payment recorded. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Row = { id: string; number: string; open_rp: number; total_rp: number; siswa: { id: string; name: string } };
type List = { items: Row[]; total: number; sums: { open_rp: number; overdue_rp: number } };
const proof = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
);

export function describeTagihan(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const rp = (amount: number) => `Rp${new Intl.NumberFormat('id-ID').format(amount)}`;
  let late: Row;

  describe('Tagihan', () => {
    test('the list says what is still to be paid, and finds what is late', async () => {
      await page().goto('/');
      await page().getByTestId('who').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press('5');
      await page().waitForURL('**/tagihan');
      const all = await window().read<List>('/tagihan');
      await expect.poll(() => page().getByTestId('sum-open').innerText()).toBe(rp(all.sums.open_rp));
      await page().getByTestId('filter-overdue').click();
      await page().waitForURL('**/tagihan?overdue=true');
      const found = await window().read<List>('/tagihan?filter[overdue]=true');
      expect(found.total).toBeLessThan(all.total);
      await expect.poll(() => page().getByTestId('count').innerText()).toBe(String(found.total));
      await expect.poll(() => page().getByTestId('sum-open').innerText()).toBe(rp(found.sums.overdue_rp));
      late = found.items[0]!;
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('a row opens by keyboard, and each amount leads to price, rule and entry', async () => {
      await page().getByTestId('row').first().focus();
      await page().keyboard.press('Enter');
      await page().waitForURL(`**/tagihan/${late.id}`);
      expect(await page().getByTestId('open').innerText()).toBe(rp(late.open_rp));
      await page().getByTestId('overdue').waitFor();
      const line = page().getByTestId('explain-line').first();
      await line.focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('line-explanation').getByTestId('step-entry').waitFor();
      expect(await page().getByTestId('line-explanation').getByTestId('policy-version').count()).toBeGreaterThan(0);
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('the text for WhatsApp is ready, in both languages, and the PDF is one', async () => {
      await page().getByTestId('whatsapp').click();
      const text = page().getByTestId('whatsapp-text');
      await text.waitFor();
      expect(await text.innerText()).toContain(late.number);
      expect(await text.innerText()).toContain(rp(late.open_rp));
      expect(await page().getByTestId('open-whatsapp').getAttribute('href')).toMatch(/^https:\/\/wa\.me\/62\d+\?text=/);
      await page().getByTestId('chip-en').click();
      await expect.poll(() => text.innerText()).toContain('Due on');
      expect(await window().violations()).toEqual([]);
      await page().keyboard.press('Escape');
      await page().getByTestId('whatsapp-dialog').waitFor({ state: 'detached' });
      const address = await page().getByTestId('pdf').getAttribute('href');
      const answer = await page().request.get(new URL(address!, page().url()).href);
      expect(answer.headers()['content-type']).toBe('application/pdf');
      expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
    });

    test('a proof is kept, and a payment recorded here pays it', async () => {
      await page()
        .getByTestId('upload-proof')
        .setInputFiles({ name: 'bukti.png', mimeType: 'image/png', buffer: proof });
      await expect.poll(() => page().getByTestId('proof').count()).toBeGreaterThan(0);
      expect(await page().getByTestId('proofs').innerText()).toContain('bukti.png');
      await page().getByTestId('pay').click();
      const dialog = page().getByRole('dialog');
      await dialog.locator('button[type=submit], button.primary').last().click();
      await expect.poll(() => page().getByTestId('tagihan-status').innerText(), { timeout: 15_000 }).toContain('Lunas');
      expect(await page().getByTestId('open').innerText()).toBe('Rp0');
      expect(await page().getByTestId('payment').count()).toBeGreaterThan(0);
      expect(await page().getByTestId('pay').count()).toBe(0);
      await window().expectSound();
    });

    test('the page of a siswa lists their Tagihan', async () => {
      await page().goto(`/siswa/${late.siswa.id}?tab=tagihan`);
      await page().getByTestId('siswa-tagihan').getByText(late.number).click();
      await page().waitForURL(`**/tagihan/${late.id}`);
      await page().goto('/tagihan/00000000-0000-0000-0000-000000000001');
      await page().getByTestId('empty').waitFor();
      await window().expectSound();
    });

    test('on a phone, in the dark and in English nothing scrolls sideways', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark', locale: 'en' });
      for (const path of ['/tagihan', '/tagihan?q=no-such-number', `/tagihan/${late.id}`]) {
        await phone.open(path);
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      await phone.close();
    });
  });
}
