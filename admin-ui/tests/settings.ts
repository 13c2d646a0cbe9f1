/** Settings and the catalog in the browser: changed with a reason, by two people at once, ordered and archived by keyboard. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

export function describeSettings(program: () => Program): void {
  describe('settings', () => {
    let window: Window;
    let page: Page;

    beforeAll(async () => {
      window = await program().window();
      page = window.page;
    });
    afterAll(() => window.close());

    async function begin(on: Page): Promise<void> {
      await on.goto('/settings');
      await on.getByTestId('setting-strike_decay_days').getByTestId('edit').click();
      await on.getByTestId('setting-dialog').waitFor();
    }
    const typed = (on: Page) => on.getByTestId('setting-dialog').getByTestId('value');

    test('a value past its limits is told at its field, and nothing typed is lost', async () => {
      await begin(page);
      await typed(page).fill('9999');
      await page.getByTestId('confirm').click();
      await page.getByTestId('error-value').waitFor();
      expect(await page.getByTestId('error-reason').innerText()).toContain('Wajib');
      expect(await typed(page).inputValue()).toBe('9999');
      expect(await window.violations()).toEqual([]);
    });

    test('a change holds at once and keeps who, when and why', async () => {
      const days = String(30 + Math.floor(Math.random() * 300));
      await typed(page).fill(days);
      await page.getByTestId('reason').fill('Disesuaikan');
      await page.getByTestId('confirm').click();
      await page.getByTestId('setting-dialog').waitFor({ state: 'detached' });
      const row = page.getByTestId('setting-strike_decay_days');
      await expect.poll(() => row.getByTestId('value').innerText()).toBe(`${days} hari`);
      await row.getByTestId('history').click();
      const newest = row.getByTestId('changes').locator('li').first();
      expect(await newest.innerText()).toContain(`${days} hari`);
      expect(await newest.innerText()).toContain('Disesuaikan');
      const { config } = await window.read<{ config: Record<string, number> }>('/catalog');
      expect(config.strike_decay_days).toBe(Number(days));
    });

    test('of two who change one setting the second sees both values', async () => {
      const other = await program().window();
      await begin(page);
      await begin(other.page);
      for (const [on, days] of [
        [page, '91'],
        [other.page, '92']
      ] as const) {
        await typed(on).fill(days);
        await on.getByTestId('reason').fill('Lomba');
        await on.getByTestId('confirm').click();
        if (on === page) await page.getByTestId('setting-dialog').waitFor({ state: 'detached' });
      }
      await other.page.getByTestId('stale').waitFor();
      expect(await other.page.getByTestId('stale').innerText()).toContain('91 hari');
      expect(await typed(other.page).inputValue()).toBe('92');
      await other.page.getByTestId('keep-mine').click();
      await other.page.getByTestId('setting-dialog').waitFor({ state: 'detached' });
      const value = other.page.getByTestId('setting-strike_decay_days').getByTestId('value');
      await expect.poll(() => value.innerText()).toBe('92 hari');
      await other.close();
    });
  });

  describe('the catalog', () => {
    let window: Window;
    let page: Page;
    const mark = Date.now().toString(36).toUpperCase();
    const code = `TK_${mark}`;
    const row = () => page.getByTestId('shelf-row').filter({ hasText: code });

    beforeAll(async () => {
      window = await program().window();
      page = window.page;
    });
    afterAll(() => window.close());

    test('a row is added, and moved up with Alt and an arrow', async () => {
      await page.goto('/catalog?tab=tingkat');
      await page.getByTestId('add').click();
      await page.getByTestId('name').fill(`TK ${mark}`);
      await page.getByTestId('code').fill('sd 5');
      await page.getByTestId('confirm').click();
      await page.getByTestId('error-code').waitFor();
      await page.getByTestId('code').fill(code.toLowerCase());
      await page.getByTestId('confirm').click();
      await page.getByTestId('row-dialog').waitFor({ state: 'detached' });
      await row().waitFor();
      const place = () =>
        page
          .getByTestId('shelf-row')
          .evaluateAll((all, own) => all.findIndex((each) => each.textContent?.includes(own)), code);
      const last = await place();
      await row().getByTestId('rename').focus();
      await page.keyboard.press('Alt+ArrowUp');
      await expect.poll(place).toBe(last - 1);
      await page.reload();
      await row().waitFor();
      expect(await place()).toBe(last - 1);
    });

    test('an archived row cannot be picked, and can be restored', async () => {
      const pickable = async () =>
        (await window.read<{ tingkat: { code: string }[] }>('/catalog')).tingkat.some((each) => each.code === code);
      expect(await pickable()).toBe(true);
      await row().getByTestId('archive').click();
      await page.getByTestId('archive-dialog').waitFor();
      expect(await window.violations()).toEqual([]);
      await page.getByTestId('confirm').click();
      await row().waitFor({ state: 'detached' });
      expect(await pickable()).toBe(false);
      await page.getByTestId('show-archived').check();
      await row().getByTestId('archive').click();
      await page.getByTestId('confirm').click();
      await expect.poll(pickable).toBe(true);
      await page.getByTestId('archive-dialog').waitFor({ state: 'detached' });
      await row().getByTestId('archive').click();
      await page.getByTestId('confirm').click();
      await expect.poll(pickable).toBe(false); // left archived, for the runs to come
    });

    test('a subject that has prices stays as it is, and says why', async () => {
      const all = await window.read<{ id: string; usage: { prices: number } }[]>('/subjects');
      const priced = all.find(({ usage }) => usage.prices > 0)!;
      await page.goto(`/catalog?subject=${priced.id}`);
      await page.getByTestId('has-levels').click();
      await page.getByTestId('save').click();
      await page.getByTestId('problem').waitFor();
      expect(await page.getByTestId('problem').innerText()).toContain('harga');
      expect(await window.violations()).toEqual([]);
    });

    test('an office with people is not archived', async () => {
      await page.goto('/offices');
      await page.getByTestId('archive-JKT').click();
      await page.getByTestId('confirm').click();
      await page.getByTestId('problem').waitFor();
      expect(await page.getByTestId('problem').innerText()).toContain('tutor');
    });
  });
}
