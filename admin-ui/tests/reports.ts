/** Progress and materi of siswa, and reminding whoever pays late: the text, the link, the log. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Progress = { items: { siswa: { id: string; name: string }; counts: { held: number } }[] };
type Materi = { total: number; items: { topic: string; siswa: { id: string } }[] };
type Late = { total: number; items: { siswa: { id: string; name: string }; parent_phone: string; text: string }[] };
type Log = { total: number };

export function describeReports(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;

  describe('reports and reminders', () => {
    test('a siswa of the month opens their months and what was taught', async () => {
      await page().goto('/');
      await page().getByTestId('figure-late').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press(',');
      await page().getByTestId('row').first().waitFor();
      expect(await window().violations()).toEqual([]);
      const { items } = await window().read<Progress>('/reports/progress');
      await page().getByRole('link', { name: items[0]!.siswa.name, exact: true }).first().click();
      await page().getByTestId('progress-months').waitFor();
      await page().getByTestId('materi-total').waitFor();
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('the timeline is searched in the words of the materi', async () => {
      await page().goto('/reports/materi');
      await page().getByTestId('lesson').first().waitFor();
      const all = await window().read<Materi>('/reports/materi');
      const topic = all.items.find((each) => each.topic)!.topic;
      const found = await window().read<Materi>(`/reports/materi?q=${encodeURIComponent(topic)}`);
      await page().locator('[data-filter]').fill(topic);
      await expect
        .poll(async () => (await page().getByTestId('count').innerText()).replaceAll('.', ''))
        .toBe(String(found.total));
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('clear-filters').click();
      await window().expectSound();
    });

    test('whoever pays late is sent a text by hand, logged, and marked', async () => {
      await page().goto('/reminders');
      await page().getByTestId('message').waitFor();
      const late = await window().read<Late>('/reminders/late-payers?filter[fresh]=true');
      const before = (await window().read<Log>('/reminders')).total;
      const one = late.items[0]!;
      const row = page().locator(`[data-testid=row][data-id="${one.siswa.id}"]`);
      await row.getByRole('checkbox').check();
      await expect.poll(() => page().getByTestId('message-text').innerText()).toContain(one.siswa.name);
      const link = new URL((await page().getByTestId('whatsapp').getAttribute('href'))!);
      expect(link.pathname).toBe(`/${one.parent_phone.replace('+', '')}`);
      expect(link.searchParams.get('text')).toBe(one.text);
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('log-reminders').click();
      await page().getByTestId('broadcast').waitFor({ state: 'detached' });
      await expect.poll(async () => (await window().read<Log>('/reminders')).total).toBe(before + 1);
      await page().getByTestId('filter-fresh').click();
      await row.waitFor({ state: 'detached' });
      await page().getByTestId('tab-log').click();
      await page().getByRole('link', { name: one.siswa.name, exact: true }).first().waitFor();
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('on a phone the text stands below its row, and nothing scrolls sideways', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark' });
      for (const [path, sign] of [
        ['/reminders', 'message'],
        ['/reminders?tab=completion', 'due-total'],
        ['/reports/progress', 'row'],
        ['/reports/materi', 'lesson']
      ] as const) {
        await phone.open(path);
        await phone.page.getByTestId(sign).first().waitFor();
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      await phone.close();
    });
  });
}
