/** The audit in the browser: found, followed to one entity, taken out, archived. Whoever signs in may export it. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Window } from './browser';

type Sesi = { items: { id: string; code: string }[] };

export function describeAudit(window: () => Window): void {
  const page = (): Page => window().page;
  const rows = () => page().getByTestId('audit-row');
  const total = async () => Number((await page().getByTestId('count').innerText()).replace(/\D/g, ''));
  const query = () => new URL(page().url()).searchParams;

  describe('the audit', () => {
    test('filters live in the address, survive a reload, and are taken back together', async () => {
      await page().goto('/audit');
      await rows().first().waitFor();
      await page().getByTestId('chip-month').click();
      await page().getByTestId('filter-type').selectOption('sesi');
      await page().getByTestId('filter-action').selectOption('sesi.approve');
      await expect.poll(() => rows().first().innerText()).toContain('Sesi disetujui');
      expect(Object.fromEntries(query())).toEqual({ range: 'month', entity_type: 'sesi', action: 'sesi.approve' });
      await expect.poll(total).toBeGreaterThan(0);
      const found = await total();
      await page().reload();
      await rows().first().waitFor();
      expect(await total()).toBe(found);
      await page().getByTestId('clear-filters').click();
      await page().waitForURL(/\/audit$/);
    });

    test('a date that is none is named with its filter', async () => {
      await page().goto('/audit?from=2026-13-45');
      expect(await page().getByTestId('fault-filter[from]').innerText()).toBe(
        'Dari: Isi tanggal, misalnya 2026-11-21.'
      );
    });

    test('what changed stands in the list, old and new', async () => {
      await page().goto('/audit?action=sesi.confirm');
      const row = rows().first();
      await row.waitFor();
      expect(await row.innerText()).toMatch(/Status[\s\S]*Berlangsung[\s\S]*Menunggu validasi/);
    });

    test('a text nobody wrote finds nothing, and says how far it looked', async () => {
      await page().goto('/audit');
      await page().getByTestId('search').fill('tidak-ada-yang-begini');
      await page().getByTestId('empty').waitFor();
      expect(await page().getByTestId('audit').innerText()).toContain('Pencarian teks mencakup catatan sejak');
    });

    test('keys lead from the list to all about one sesi and back', async () => {
      await page().goto('/audit?entity_type=sesi');
      await rows().nth(2).waitFor();
      const code = await rows().nth(2).locator('a').first().innerText();
      await page().keyboard.press('j');
      await page().keyboard.press('j');
      await page().keyboard.press('Enter');
      await page().waitForURL('**/audit/sesi/*');
      await page().getByTestId('trail').waitFor();
      expect(await page().locator('h1').innerText()).toBe(code);
      await page().locator('.back').click();
      await page().waitForURL('**/audit?entity_type=sesi');
    });

    test('a sesi has everything about it on one page: steps, journal, decisions, work', async () => {
      const { items } = await window().read<Sesi>('/sesi?filter[state]=COMPLETED&limit=1');
      await page().goto(`/sesi/${items[0]!.id}`);
      await page().getByTestId('audit-link').click();
      await page().getByTestId('trail').waitFor();
      for (const kind of ['step', 'entry', 'decision', 'task_opened', 'timer', 'document']) {
        expect(await page().getByTestId(`item-${kind}`).count(), kind).toBeGreaterThan(0);
      }
      await page().getByTestId('item-entry').first().locator('summary').click();
      expect(await page().getByTestId('item-entry').first().locator('tfoot').innerText()).toMatch(/Rp[\d.]+/);
      await page().getByTestId('chip-decisions').click();
      expect(query().get('show')).toBe('decisions');
      expect(await page().getByTestId('item-step').count()).toBe(0);
      await page().getByTestId('in-list').click();
      await page().waitForURL(`**/audit?entity_id=${items[0]!.id}`);
      await rows().first().waitFor();
    });

    test('what the filters leave is taken out as Excel and CSV, and that is in the audit', async () => {
      await page().goto('/audit?action=sesi.validate&range=month');
      await rows().first().waitFor();
      await page().getByTestId('export').locator('summary').click();
      expect(await window().violations()).toEqual([]);
      const files: Record<string, Buffer> = {};
      for (const format of ['csv', 'xlsx']) {
        if (!(await page().getByTestId(`export-${format}`).isVisible())) {
          await page().getByTestId('export').locator('summary').click();
        }
        const [download] = await Promise.all([
          page().waitForEvent('download'),
          page().getByTestId(`export-${format}`).click()
        ]);
        expect(download.suggestedFilename()).toMatch(new RegExp(`^audit-[\\d-]+\\.${format}$`));
        files[format] = readFileSync(await download.path());
      }
      expect(files.csv!.subarray(0, 3).toString('hex')).toBe('efbbbf');
      expect(files.csv!.toString()).toContain(';sesi.validate;');
      expect(files.csv!.toString()).not.toContain(';sesi.approve;');
      expect(files.xlsx!.subarray(0, 2).toString()).toBe('PK');
      await page().goto('/audit?action=audit.export');
      await rows().nth(1).waitFor();
      expect(await rows().first().innerText()).toContain('sesi.validate');
    });

    test('months that are over are archived, proved, and can be downloaded', async () => {
      await page().goto('/audit/archives');
      await expect
        .poll(
          async () => {
            await page().reload();
            await page().getByTestId('archives').waitFor();
            return page().getByTestId('archive').count();
          },
          { timeout: 60_000, interval: 2_000 }
        )
        .toBeGreaterThan(0);
      expect(await page().getByTestId('archive').first().innerText()).toContain('Terbukti');
      const [download] = await Promise.all([
        page().waitForEvent('download'),
        page().getByTestId('download').first().click()
      ]);
      expect(download.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d\.jsonl$/);
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\n');
      expect([lines[0], lines.at(-1)].map((line) => (JSON.parse(line!) as { line: string }).line)).toEqual([
        'export',
        'end'
      ]);
    }, 90_000);
  });
}
