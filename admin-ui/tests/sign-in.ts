/** The door in the browser: passwords, refusals, forgotten passwords; and texts that try to be more than text. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { base, type Program, type Window } from './browser';

/** Runs may repeat on one database: addresses carry the moment. */
const mark = Date.now().toString(36);
const address = `tamu.${mark}@demo.alur.app`;
const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

export function describeSignIn(program: () => Program, window: () => Window): void {
  describe('the door', () => {
    let stranger: Window;
    let page: Page;

    beforeAll(async () => {
      stranger = await program().window({ stranger: true });
      page = stranger.page;
    });
    afterAll(() => stranger.close());

    test('a wrong password keeps the address and does not tell what was wrong', async () => {
      await page.goto('/sesi?sort=code');
      await page.getByTestId('email').fill(address);
      await page.getByTestId('password').fill('bukan kata sandinya');
      await page.keyboard.press('Enter');
      await page.getByTestId('sign-in-problem').waitFor();
      expect(new URL(page.url()).searchParams.get('next')).toBe('/sesi?sort=code');
      expect(await page.getByTestId('email').inputValue()).toBe(address);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('autocomplete'))).toBe('current-password');
    });

    test('whoever tries too often is told how long to wait, and the button waits with them', async () => {
      for (let tries = 0; tries < 8 && (await page.getByTestId('sign-in-password').isEnabled()); tries++) {
        const answered = page.waitForResponse('**/api/v1/session/password');
        await page.getByTestId('sign-in-password').click();
        await (await answered).finished();
        await page.getByTestId('sign-in-problem').waitFor();
      }
      expect(await page.getByTestId('sign-in-password').isDisabled()).toBe(true);
      expect(await page.getByTestId('sign-in-problem').innerText()).toMatch(/\d detik/);
    });

    test('every refusal of the provider’s way says what happened and what to do', async () => {
      const seen = new Set<string>();
      const codes = ['unverified', 'unknown_user', 'deactivated', 'other_subject', 'down', 'denied', 'failed', 'lost'];
      for (const code of [...codes, 'expired', 'off', 'made_up'].map((each) => `oidc_${each}`)) {
        await page.goto(`/sign-in?problem=${code}`);
        await page.getByTestId('turned-away').waitFor();
        seen.add(await page.getByTestId('turned-away').innerText());
      }
      expect(seen.size).toBe(codes.length + 3);
      await page.goto(`/sign-in?problem=${encodeURIComponent(hostile)}&wait=${encodeURIComponent(hostile)}`);
      await page.getByTestId('turned-away').waitFor();
      expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    });

    test('a forgotten password is answered alike for every address', async () => {
      await page.goto('/sign-in');
      await page.getByTestId('forgot').click();
      await page.getByTestId('email').fill('bukan alamat');
      await page.keyboard.press('Enter');
      await page.getByTestId('error-email').waitFor();
      await page.getByTestId('email').fill(address);
      await page.keyboard.press('Enter');
      await page.getByTestId('forgot-done').getByText(address).waitFor();
    });

    test('a link that is none leads to a new one', async () => {
      await page.goto('/reset');
      await page.getByTestId('reset-spent').waitFor();
      await page.goto('/sign-in');
      await page.goto(`/reset#${'0'.repeat(64)}`);
      await page.getByTestId('password').fill('kuda benar baterai');
      await page.getByRole('button', { name: 'Tampilkan kata sandi' }).click();
      expect(await page.getByTestId('password').getAttribute('type')).toBe('text');
      await page.getByTestId('choose').click();
      await page.getByTestId('ask-again').click();
      await page.getByTestId('ask').waitFor();
    });
  });

  describe('one’s own sign-ins', () => {
    test('are listed, and a first password comes by mail only', async () => {
      const page = window().page;
      await page.goto('/me');
      await page.getByTestId('sign-in-event').first().waitFor();
      await page.getByTestId('ask-password').waitFor();
      expect(await page.getByTestId('change-password').count()).toBe(0);
    });
  });

  describe('the messages one wants', () => {
    test('are switched by keyboard and kept; what is needed to get in has no switch', async () => {
      const page = window().page;
      await page.goto('/me');
      const rows = page.getByTestId('wanted-row');
      await rows.getByText('selalu dikirim').waitFor();
      expect(await rows.filter({ hasText: 'kata sandi' }).locator('input').count()).toBe(0);
      const box = page.getByTestId('wanted-welcome_user-EMAIL');
      expect(await box.isChecked()).toBe(true);
      for (const wanted of [false, true]) {
        const answered = page.waitForResponse('**/me/message-preferences');
        await box.focus();
        await page.keyboard.press('Space');
        await answered;
        await page.reload();
        await expect.poll(() => box.isChecked()).toBe(wanted);
      }
      expect(await window().violations()).toEqual([]);
    });
  });

  describe('a text that tries to be more', () => {
    test('is shown as the text it is, wherever it stands', async () => {
      const page = window().page;
      const email = `html.${mark}@demo.alur.app`;
      const { csrf_token } = await window().read<{ csrf_token: string }>('/session');
      const made = await window().context.request.post(`${base()}/api/v1/users`, {
        data: { email, name: hostile, roles: [] },
        headers: { 'X-CSRF-Token': csrf_token }
      });
      const { id } = (await made.json()) as { id: string };
      await window().context.request.post(`${base()}/api/v1/users/${id}/deactivate`, {
        data: { reason: hostile },
        headers: { 'X-CSRF-Token': csrf_token }
      });
      for (const path of [`/users?q=${email}`, `/users/${id}`, '/audit', `/audit/user/${id}`]) {
        await page.goto(path);
        await page.getByText('<img src=x').first().waitFor();
        expect(await page.evaluate(() => 'hacked' in globalThis), path).toBe(false);
        expect(await page.locator('img[src=x]').count(), path).toBe(0);
      }
    });
  });
}
