/** The HR board: who stands where, a sanction confirmed with the keyboard alone, and what followed from it. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

type Strike = { id: string; code: string; proposed: string; waits_until: string | null };
type Board = { standing: { tutor: { id: string; name: string }; status: string; strikes: Strike[] }[]; due: unknown[] };

export function describeHr(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  let tutor = { id: '', name: '' };
  let strike = '';

  describe('the HR board', () => {
    test('shows who stands at which strike, reached by its hot key', async () => {
      await page().goto('/');
      await page().getByTestId('figure-late').waitFor();
      await page().keyboard.press('g');
      await page().keyboard.press('v');
      await page().getByTestId('board-standing').waitFor();
      const board = await window().read<Board>('/hr/board');
      expect(await page().getByTestId('figure-due').innerText()).toContain(String(board.due.length));
      const proposed = board.standing
        .filter(({ status }) => status === 'ACTIVE')
        .map((one) => ({ tutor: one.tutor, strike: one.strikes.find((each) => each.waits_until) }))
        .find((one) => one.strike?.proposed === 'FINAL_WARNING')!;
      [tutor, strike] = [proposed.tutor, proposed.strike!.id];
      await page().getByTestId('board-standing').getByText(tutor.name).first().waitFor();
      expect(await window().violations()).toEqual([]);
      await window().expectSound();
    });

    test('on a phone everything stands below one another', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark' });
      for (const path of ['/hr', `/strikes/${strike}`, `/tutor/${tutor.id}?tab=strikes`]) {
        await phone.open(path);
        expect.soft(await phone.violations(), path).toEqual([]);
        expect.soft(await phone.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await phone.expectSound();
      }
      await phone.close();
    });

    test('a sanction is confirmed by keyboard, with what it will do before', async () => {
      await page().goto('/hr');
      const link = page().getByTestId('board-standing').locator(`a[href="/strikes/${strike}"]`);
      await link.waitFor();
      await link.focus();
      await page().keyboard.press('Enter');
      const confirm = page().getByTestId('command-confirm_sanction');
      await confirm.waitFor();
      expect(await window().violations()).toEqual([]);
      await confirm.focus();
      await page().keyboard.press('Enter');
      const dialog = page().getByTestId('command-dialog');
      await dialog.getByText('Penangguhan').first().waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('confirm').focus();
      await page().keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await expect.poll(() => page().getByTestId('decision').innerText()).toContain('Ditetapkan');
      expect(await page().getByTestId('strike-facts').innerText()).toMatch(/SUS-\d{4}-\d{6}/);
    });

    test('the tutor is suspended, and the tab tells the whole story', async () => {
      await page().goto(`/tutor/${tutor.id}?tab=strikes`);
      await page().getByTestId('strikes').getByText('Ditetapkan').first().waitFor();
      await page().getByTestId('denda').waitFor();
      expect(await page().getByTestId('reliability').innerText()).toContain('%');
      await page().goto('/hr');
      await page().getByTestId('board-suspended').getByText(tutor.name).waitFor();
    });

    test('a strike is revoked with a reason, and so is the suspension it led to', async () => {
      await page().goto(`/strikes/${strike}`);
      await page().getByTestId('command-revoke').click();
      await page().getByTestId('command-dialog').waitFor();
      await page().getByTestId('confirm').click();
      await page().getByTestId('error-reason').waitFor();
      await page().getByTestId('command-dialog').locator('[data-field=reason] textarea').fill('Salah catat');
      await page().getByTestId('confirm').click();
      await page().getByTestId('command-dialog').waitFor({ state: 'detached' });
      await expect.poll(() => page().getByTestId('strike-state').innerText()).toContain('Dicabut');
      expect(await page().getByTestId('strike-facts').innerText()).toContain('Salah catat');
      const { status } = await window().read<{ status: string }>(`/people/tutor/${tutor.id}`);
      expect(status).toBe('ACTIVE');
    });
  });
}
