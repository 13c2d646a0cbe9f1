/** Asking for a person to be erased, in the browser: what is in the way, what goes, what stays, and who may not decide. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

const mark = Date.now().toString(36);
const leaver = { name: `Pamit ${mark}`, email: `pamit.${mark}@demo.alur.app` };

export function describeErasure(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;

  describe('erasing a person', () => {
    test('whoever still has a sesi to come is named with what is in the way', async () => {
      const { items } = await window().read<{ items: { siswa: { name: string } }[] }>(
        '/sesi?filter[state]=REQUESTED&limit=1'
      );
      await page().goto('/erasures');
      await page().getByTestId('new-erasure').click();
      await page().getByRole('combobox', { name: 'Orang' }).fill(items[0]!.siswa.name);
      await page().keyboard.press('Enter');
      await page().getByTestId('in-the-way').getByText('sesi belum selesai').first().waitFor();
      expect(await page().getByTestId('confirm').isDisabled()).toBe(true);
      expect(await window().violations()).toEqual([]);
      await page().keyboard.press('Escape');
    });

    test('an account that was deactivated is asked to be erased from its page, and not approved by who asked', async () => {
      await page().goto('/users');
      await page().getByTestId('new-user').click();
      await page().getByTestId('name').fill(leaver.name);
      await page().getByTestId('email').fill(leaver.email);
      await page().getByTestId('welcome').uncheck();
      await page().getByTestId('confirm').click();
      await page().getByTestId('deactivate').click();
      await page().getByTestId('reason').fill('Keluar dari perusahaan');
      await page().getByTestId('confirm').click();
      await page().getByTestId('erase').click();
      await page().getByTestId('goes').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('reason').fill('Surat permintaan');
      await page().getByTestId('confirm').click();
      await page().getByTestId('erasure-state').waitFor();
      expect(await page().getByTestId('whom').innerText()).toContain(leaver.name);
      await page().getByTestId('command-cancel').waitFor();
      expect(await page().getByTestId('command-approve').count()).toBe(0);
      await page().getByTestId('refused-commands').locator('summary').click();
      await page().getByTestId('refused-commands').getByText('orang lain').waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('a request is taken back, and the person stays', async () => {
      await page().getByTestId('command-cancel').click();
      await page().getByTestId('command-dialog').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('command-dialog').waitFor({ state: 'detached' });
      await page().getByTestId('erasure-state').getByText('Dibatalkan').waitFor();
      await page().goto(`/users?q=${encodeURIComponent(leaver.email)}`);
      await page().getByTestId('row').getByText(leaver.name).waitFor();
    });

    test('somebody else approves it after ticking that it is for good, and the person is gone everywhere', async () => {
      const { items } = await window().read<{ items: { id: string }[] }>(
        `/users?q=${encodeURIComponent(leaver.email)}`
      );
      const person = `/users/${items[0]!.id}`;
      await page().goto(person);
      await page().getByTestId('erase').click();
      await page().getByTestId('goes').waitFor();
      await page().getByTestId('reason').fill('Surat permintaan kedua');
      await page().getByTestId('confirm').click();
      await page().getByTestId('erasure-state').waitFor();
      const path = new URL(page().url()).pathname;

      const senior = await program().approver();
      await senior.page.goto(path);
      await senior.page.getByTestId('for-good').waitFor();
      await senior.page.getByTestId('command-approve').click();
      const dialog = senior.page.getByTestId('command-dialog');
      await dialog.getByTestId('confirm').click();
      await dialog.getByTestId('error-confirmed').waitFor();
      expect(await senior.violations()).toEqual([]);
      await dialog.locator('[data-field=confirmed] input').check();
      await dialog.getByTestId('confirm').click();
      await dialog.waitFor({ state: 'detached' });
      // The documents go by a job; the page says so by itself.
      await senior.page.getByTestId('erasure-state').getByText('Terhapus').waitFor();
      for (const gone of [path, person, `/audit/user/${items[0]!.id}`, '/audit', '/users', '/erasures']) {
        await senior.open(gone);
        expect(await senior.page.locator('body').innerText(), gone).not.toContain(leaver.name);
        await senior.expectSound();
      }
      await senior.close();
    });
  });
}
