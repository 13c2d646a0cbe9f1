/**
 * Somebody stands in: looked for on the map and in the list, picked with the keyboard alone; and several sesi moved to
 * somebody else after a dry run.
 */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Window } from './browser';

type Row = { id: string; code: string; tutor: { id: string; name: string }; starts_at: string };
type Found = { total: number; excluded_total: number; items: { tutor: { id: string; name: string } }[] };

export function describeSubstitutes(window: () => Window): void {
  const page = (): Page => window().page;
  let sesi: Row;
  let found: Found;

  /** An approved sesi ahead for which somebody could stand in. */
  async function anySesi(): Promise<void> {
    const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    const { items } = await window().read<{ items: Row[] }>(
      `/sesi?filter[state]=APPROVED&filter[from]=${tomorrow}&sort=starts_at&limit=50`
    );
    for (const row of items) {
      const answer = await window().read<Found>(`/sesi/${row.id}/substitutes`);
      if (answer.total > 1 && answer.excluded_total > 0) {
        sesi = row;
        found = answer;
        return;
      }
    }
    throw new Error('the demo has no sesi with two possible substitutes');
  }

  const chosenName = () => page().getByTestId('candidate').locator('b').first().innerText();

  describe('standing in', () => {
    test('the sesi leads to who could, the nearest first, and why others cannot', async () => {
      await anySesi();
      await page().goto(`/sesi/${sesi.id}`);
      await page().getByTestId('find-substitute').click();
      await page().getByTestId('candidate').waitFor();
      expect(await page().getByTestId('candidate-count').innerText()).toBe(String(found.total));
      expect(await page().getByTestId('row').first().innerText()).toContain(found.items[0]!.tutor.name);
      expect(await chosenName()).toBe(found.items[0]!.tutor.name);
      await page().getByTestId('consequence-REASSIGN').getByText('tanpa denda').waitFor();
      expect(await page().getByTestId('spot').count()).toBe(Math.min(found.total, 200));
      await page().getByTestId('show-excluded').click();
      await page().getByTestId('excluded').locator('.reasons li').first().waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('list and map mark the same tutor, and the words to ask with are ready', async () => {
      await page().getByTestId('map').focus();
      await page().keyboard.press('ArrowDown');
      const second = found.items[1]!.tutor.name;
      await expect.poll(chosenName).toBe(second);
      expect(await page().getByTestId('row').nth(1).getAttribute('class')).toContain('cursor');
      await page().getByTestId('candidate').locator('summary').click();
      expect(await page().getByTestId('message').innerText()).toContain(second);
    });

    test('with the keyboard alone the nearest is picked, on the company’s account', async () => {
      await page().getByTestId('way-REASSIGN').focus();
      await page().keyboard.press('Space');
      await page().getByTestId('map').focus();
      await page().keyboard.press('ArrowUp');
      await expect.poll(chosenName).toBe(found.items[0]!.tutor.name);
      await page().keyboard.press('Enter');
      const dialog = page().getByTestId('command-dialog');
      await dialog.getByTestId('preview-amounts').waitFor();
      expect(await dialog.getByTestId('combobox-tutor_id').inputValue()).toBe(found.items[0]!.tutor.name);
      expect(await window().violations()).toEqual([]);
      await dialog.locator('[data-field=reason] textarea').focus();
      await page().keyboard.type('Tutor cuti melahirkan');
      if (await dialog.locator('[data-field=outside_slots_reason] input').count()) {
        await dialog.locator('[data-field=outside_slots_reason] input').fill('Bisa');
      }
      await dialog.getByTestId('confirm').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('chain').waitFor();
      expect(await page().getByTestId('chain').innerText()).toContain(
        `${sesi.tutor.name} → ${found.items[0]!.tutor.name}`
      );
      await page().getByTestId('timeline').getByText('Tutor diganti').first().waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('several sesi are tried first, and those that can go to somebody else', async () => {
      const day = sesi.starts_at.slice(0, 10);
      await page().goto(`/reassign?tutor=${found.items[0]!.tutor.id}&from=${day}`);
      await page().getByTestId('reassign-count').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('combobox-target').fill(sesi.tutor.name);
      await page().getByTestId('option').filter({ hasText: sesi.tutor.name }).first().waitFor();
      await page().keyboard.press('Enter');
      await page().getByTestId('try').click();
      await page().getByTestId('reason').waitFor();
      const row = page().locator(`[data-testid=row][data-id="${sesi.id}"]`);
      await row.getByTestId('result').getByText('tutor diganti').waitFor();
      // Escape lets go of all that could be moved; x takes the one in focus.
      await row.focus();
      await page().keyboard.press('Escape');
      await page().keyboard.press('x');
      await page().getByTestId('move').getByText('Pindahkan 1 sesi').waitFor();
      await page().getByTestId('reason').fill('Kembali ke tutor semula');
      if (await page().getByTestId('outside').count()) await page().getByTestId('outside').fill('Bisa');
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('move').click();
      await page().getByTestId('move-summary').getByText('1 sesi dipindahkan').waitFor();
      await row.getByText('Dipindahkan').waitFor();
    });
  });
}
