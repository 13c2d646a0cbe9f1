/** The policy studio in the browser: from a draft to the version in force, mostly by keyboard. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

/** Prices carry a table of their own, so another transport rule moves nobody's money in the other tests. */
const kind = 'transport';
/** Runs may repeat on one database: each wants another amount. */
const beyond = String(13_000 + Math.floor(Math.random() * 5_000));

export function describePolicies(program: () => Program, window: () => Window): void {
  const page = (): Page => window().page;
  const readiness = () => page().getByTestId('readiness').innerText();
  let path = '';

  describe('the policy studio', () => {
    test('a draft begins with the version in force, opened by keyboard', async () => {
      await page().goto('/policies');
      const card = page().locator(`[data-testid=policy][data-kind="${kind}"]`);
      await card.getByTestId('new-draft').focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('params-editor').waitFor();
      path = new URL(page().url()).pathname;
      expect(path).toMatch(/^\/publications\//);
      await expect.poll(readiness).toContain('✓');
      expect(await window().violations()).toEqual([]);
    });

    test('a bracket that overlaps is told at its row while it is typed, and Enter adds rows', async () => {
      const threshold = (row: number) => page().getByTestId(`cell-transport_brackets-${row}-threshold_m`);
      await threshold(0).focus();
      await page().keyboard.press('Enter');
      await page().getByTestId('row-error-1').getByText('celah').waitFor();
      expect(await page().evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe(
        'cell-transport_brackets-1-threshold_m'
      );
      await page().keyboard.type('20.000');
      await page().getByTestId('row-error-1').getByText('tumpang tindih').waitFor();
      await threshold(1).fill('-1');
      await page().getByTestId('row-error-1').getByText('Paling sedikit').waitFor();
      await threshold(1).fill('dua puluh');
      await page().getByTestId('row-error-1').getByText('bilangan bulat').waitFor();
      expect(await threshold(1).inputValue()).toBe('dua puluh');
      expect(await window().violations()).toEqual([]);
      await page().getByRole('button', { name: 'Hapus baris 2' }).click();
      await expect.poll(readiness).toContain('✓');
    });

    test('a test that no longer holds shows both results, and the new one is accepted', async () => {
      await page().getByTestId('param-transport_beyond_rp').fill(beyond);
      await expect.poll(readiness).toContain('×');
      await page().getByTestId('tab-params').focus();
      for (let step = 0; step < 3; step += 1) await page().keyboard.press('ArrowRight');
      await page().getByTestId('tests').waitFor();
      expect(await window().violations()).toEqual([]);
      const accept = page().locator('[data-testid^=accept-]');
      await accept.first().waitFor();
      while (await accept.count()) {
        await accept.first().click();
        await expect.poll(() => page().getByTestId('readiness').innerText()).not.toContain('Memeriksa');
      }
      await expect.poll(readiness).toContain('✓');
    });

    test('a script that does not compile is told with its line and column', async () => {
      await page().getByTestId('tab-script').click();
      const script = page().getByTestId('script');
      await script.click();
      await page().keyboard.press('Control+Home');
      await page().keyboard.type('let a = ;\n');
      await page().getByTestId('script-faults').getByText('Baris 1').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().keyboard.press('Control+z');
      await page().keyboard.press('Control+z');
      await expect.poll(readiness).toContain('✓');
    });

    test('an input is tried beside the version in force and kept as a test', async () => {
      await page().getByTestId('tab-try').click();
      await page().getByTestId('input-mode').selectOption('OFFLINE_CUSTOM');
      await page().getByTestId('input-distance_m').fill('45000');
      const output = page().getByTestId('output-transport_rp');
      const shown = `Rp${beyond.slice(0, 2)}.${beyond.slice(2)}`;
      await output.getByText(shown).waitFor();
      expect(await output.locator('td').count()).toBe(2);
      await page().getByTestId('case-name').fill(`jauh ${beyond}`);
      await page().keyboard.press('Enter');
      await page().getByTestId('toast').first().waitFor();
      expect(await window().violations()).toEqual([]);
    });

    test('what is typed survives somebody else saving first', async () => {
      const other = await program().approver();
      await other.open(path);
      await other.page.getByTestId('reason').fill('Dari orang lain');
      await other.page.getByTestId('save').click();
      await other.page.getByTestId('unsaved').waitFor({ state: 'detached' });
      await other.close();
      await page().getByTestId('reason').fill('Jarak jauh lebih mahal');
      await page().keyboard.press('Control+s');
      await page().getByTestId('overtaken').waitFor();
      expect(await page().getByTestId('reason').inputValue()).toBe('Jarak jauh lebih mahal');
      await page().getByTestId('keep-mine').click();
      await page().keyboard.press('Control+s');
      await page().getByTestId('unsaved').waitFor({ state: 'detached' });
    });

    test('what goes to review is not approved by whoever had a hand in it', async () => {
      await page().getByTestId('command-submit').click();
      await page().getByTestId('command-dialog').getByTestId('confirm').click();
      await page().getByTestId('publication-state').getByText('Ditinjau').waitFor();
      expect(await page().getByTestId('command-approve').count()).toBe(0);
      await page().goto(`${path}?tab=diff`);
      await page().getByTestId('differences').getByText('Transport di luar bracket').waitFor();
      expect(await window().violations()).toEqual([]);
      await page().getByTestId('command-withdraw').click();
      await page().getByTestId('command-dialog').getByTestId('confirm').click();
      await page().getByTestId('publication-state').getByText('Ditarik').waitFor();
    });

    test('somebody else approves a draft, and it is in force at once', async () => {
      await page().goto('/policies');
      await page().locator(`[data-testid=policy][data-kind="${kind}"]`).getByTestId('new-draft').click();
      await page().getByTestId('param-transport_beyond_rp').fill(beyond);
      await page().getByTestId('tab-tests').click();
      const accept = page().locator('[data-testid^=accept-]');
      await accept.first().waitFor();
      while (await accept.count()) {
        await accept.first().click();
        await expect.poll(() => page().getByTestId('readiness').innerText()).not.toContain('Memeriksa');
      }
      await page().getByTestId('reason').fill('Jarak jauh lebih mahal');
      // Submitting saves what is typed first.
      await page().getByTestId('command-submit').click();
      await page().getByTestId('command-dialog').getByTestId('confirm').click();
      await page().getByTestId('publication-state').getByText('Ditinjau').waitFor();
      const mine = new URL(page().url()).pathname;

      const senior = await program().approver();
      await senior.open(mine);
      await senior.page.getByTestId('differences').getByText('Transport di luar bracket').waitFor();
      expect(await senior.violations()).toEqual([]);
      await senior.page.getByTestId('command-approve').click();
      const dialog = senior.page.getByTestId('command-dialog');
      await dialog.getByText('Contoh uji lulus').waitFor();
      await dialog.getByTestId('confirm').click();
      await senior.page.getByTestId('publication-state').getByText('Berlaku').waitFor();
      await senior.page.getByTestId('becomes').click();
      await senior.page.getByTestId('params').waitFor();
      expect(await senior.page.locator('main').innerText()).toContain(`Rp${beyond.slice(0, 2)}.${beyond.slice(2)}`);
      await senior.expectSound();
      await senior.close();
      // Whoever wrote it sees so without doing anything.
      await page().getByTestId('publication-state').getByText('Berlaku').waitFor({ timeout: 20_000 });
    });
  });
}
