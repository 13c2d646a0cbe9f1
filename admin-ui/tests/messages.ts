/** Messages in the browser: a welcome that nobody can send yet, its task, and a text edited by two people. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

/** The program under test has no mail server: nothing may pretend to be sent. */
export function describeMessages(program: () => Program): void {
  describe('messages', () => {
    let window: Window;
    let page: Page;
    const mark = Date.now().toString(36);
    const email = `rina.${mark}@xprivate.education`;
    const name = `Rina <b>${mark}</b>`;

    beforeAll(async () => {
      window = await program().window();
      page = window.page;
    });
    afterAll(() => window.close());

    test('a new user is welcomed, and a mail that cannot be sent says so', async () => {
      await page.goto('/users');
      await page.getByTestId('new-user').click();
      await page.getByTestId('name').fill(name);
      await page.getByTestId('email').fill(email);
      expect(await page.getByTestId('welcome').isChecked()).toBe(false);
      await page.getByTestId('welcome').check();
      await page.getByTestId('confirm').click();
      await page.getByTestId('new-user-dialog').waitFor({ state: 'detached' });
      await expect
        .poll(async () => {
          await page.reload();
          return page.getByTestId('welcome-state').innerText();
        })
        .toContain('Gagal');
      expect(await page.getByTestId('onboarding').innerText()).toContain('0 dari 4');
    });

    test('the log leads to it, and shows its words harmlessly', async () => {
      await page.goto(`/notifications?q=${email}`);
      await page.getByTestId('row').click();
      await page.getByTestId('mail-problem').waitFor();
      expect(await page.getByTestId('mail-problem').innerText()).toContain('smtp');
      expect(await page.getByTestId('letter-subject').innerText()).toBe(`Selamat datang di Alur, ${name}`);
      expect(await page.getByTestId('letter').locator('b b').count()).toBe(0);
      expect(await page.getByTestId('steps').locator('li').count()).toBe(2);
    });

    test('its task is in the inbox, and trying again is one key', async () => {
      await page.goto(`/inbox?kind=notification.failed&q=${mark}`);
      await page.getByTestId('task-pane').waitFor();
      await page.getByTestId('pane-affirm').click();
      await page.getByText('dicoba lagi').waitFor();
    });

    test('sending once more asks first', async () => {
      const users = await window.read<{ items: { id: string }[] }>(`/users?q=${email}`);
      await page.goto(`/users/${users.items[0]!.id}`);
      await page.getByTestId('send-welcome').click();
      await page.getByTestId('welcome-dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('welcome-dialog').waitFor({ state: 'detached' });
    });

    test('a text for WhatsApp is written, copied by hand and marked as received', async () => {
      await page.goto('/notifications');
      await page.getByTestId('new-message').click();
      await page.getByTestId('template').selectOption('welcome_user');
      await page.getByTestId('combobox-recipient_id').fill(mark);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByTestId('combobox-recipient_id').inputValue()).toBe(name);
      await page.getByText('teks WhatsApp').last().click();
      expect(await window.violations()).toEqual([]);
      await page.getByTestId('confirm').click();
      await page.getByTestId('mail-state').waitFor();
      expect(await page.getByTestId('mail-state').innerText()).toContain('Untuk disalin');
      await page.getByTestId('command-mark_delivered').click();
      await page.getByTestId('command-dialog').getByTestId('confirm').click();
      await expect.poll(() => page.getByTestId('mail-state').innerText()).toContain('Terkirim');
    });

    test('a text is previewed while it is typed, and what is wrong stands at its place', async () => {
      await page.goto('/templates/welcome_siswa?locale=en');
      await page.getByTestId('body').fill('Hello {{name}}\n\nSee {{wrong}}.');
      await page.getByTestId('error-body').waitFor();
      expect(await page.getByTestId('error-body').innerText()).toContain('Baris 3, kolom 5');
      expect(await page.getByTestId('save').isDisabled()).toBe(true);
      await page.getByTestId('body').fill(`Hello **{{name}}**, ${Date.now()}`);
      await expect.poll(() => page.getByTestId('letter').locator('strong').innerText()).toBe('Rina Wijaya');
    });

    test('of two who edit a text the second is told, and loses nothing', async () => {
      const other = await program().window();
      const body = `Hello {{name}}, from the other, ${Date.now()}`;
      await other.page.goto('/templates/welcome_siswa?locale=en');
      await other.page.getByTestId('body').fill(body);
      await other.page.getByTestId('save').click();
      await other.page.getByTestId('unsaved').waitFor({ state: 'detached' });
      await other.close();

      const mine = await page.getByTestId('body').inputValue();
      await page.getByTestId('save').click();
      await page.getByTestId('overtaken').waitFor();
      expect(await page.getByTestId('body').inputValue()).toBe(mine);
      await page.getByTestId('overtaken').getByRole('button').first().click();
      await page.getByTestId('save').click();
      await page.getByTestId('unsaved').waitFor({ state: 'detached' });
      await page.getByTestId('versions').locator('summary').first().click();
      expect(await page.getByTestId('versions').locator('.gone').first().innerText()).toContain('from the other');
    });

    test('messages and texts are accessible, and fit a phone in both languages', async () => {
      const mails = await window.read<{ items: { id: string }[] }>(`/notifications?q=${email}`);
      const paths = ['/notifications', `/notifications/${mails.items[0]!.id}`, '/templates', '/templates/welcome_user'];
      for (const look of [
        { scheme: 'light', width: 1440, locale: 'id' },
        { scheme: 'dark', width: 390, locale: 'en' }
      ] as const) {
        const seen = await program().window(look);
        for (const path of paths) {
          await seen.open(path);
          expect(await seen.violations(), path).toEqual([]);
          expect(await seen.sidewaysScroll(), path).toBe(0);
          await seen.expectSound();
        }
        await seen.close();
      }
    });
  });
}
