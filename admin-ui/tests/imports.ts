/** A file of subjects in the browser: tried, mended by keyboard, imported; and again, when nothing is left to do. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Program, Window } from './browser';

const rowCount = 2_000;
/** What is wrong in the file, by the row it stands in. */
const faults: Record<number, Partial<Record<'name' | 'kategori', string>>> = {
  700: { kategori: 'MUSIKK' },
  1500: { name: '' }
};

export function describeImports(program: () => Program): void {
  describe('a file in the browser', () => {
    let window: Window;
    let page: Page;
    const mark = Date.now().toString(36).toUpperCase();
    const count = (name: string) => page.getByTestId(`count-${name}`).locator('dd').innerText();
    const strip = () => page.getByTestId('repair-strip').innerText();

    beforeAll(async () => {
      window = await program().window();
      page = window.page;
    });
    afterAll(() => window.close());

    /** Every name has a second line, so that rows and lines of the file differ; archived, to be in nobody's way. */
    function subjects(): Buffer {
      const rows = Array.from({ length: rowCount }, (_, index) => {
        const { name = `"Mata ""${index}""; ${mark}\nbaris dua"`, kategori = 'MUSIK' } = faults[index] ?? {};
        return `IMP_${mark}_${index};${name};${kategori};ARCHIVED`;
      });
      return Buffer.from(`\uFEFFcode;name;kategori;status\r\n${rows.join('\r\n')}\r\n`);
    }

    async function drop(kind: string, name: string, buffer: Buffer): Promise<void> {
      await page.goto(`/import?kind=${kind}`);
      await page.getByTestId('import-input').setInputFiles({ name, mimeType: 'text/csv', buffer });
    }

    test('of another kind is recognised', async () => {
      await drop('siswa', 'subjects.csv', subjects());
      const problem = page.getByTestId('file-problem');
      await problem.waitFor();
      expect(await problem.innerText()).toContain('parent_phone');
      await problem.getByRole('button', { name: 'Subject' }).click();
      await expect.poll(() => page.url()).toContain('kind=subject');
    });

    test('is mended by keyboard alone, and then imported', async () => {
      await drop('subject', 'subjects.csv', subjects());
      await page.getByTestId('import-counts').waitFor();
      expect([await count('created'), await count('bad')]).toEqual(['1.998', '2']);
      expect(await page.getByTestId('repair-row').count()).toBe(2);
      expect(await window.violations()).toEqual([]);

      await page.getByTestId('repair-grid').focus();
      await page.keyboard.press('F8');
      expect(await strip()).toContain('MUSIK');
      await page.keyboard.type('musik');
      await page.keyboard.press('Enter');
      expect(await page.getByTestId('import-valid').isDisabled()).toBe(true); // what was changed is checked first
      await page.keyboard.press('F8');
      expect(await strip()).toContain('Wajib diisi');
      await page.keyboard.press('F2');
      await page.keyboard.type('Salah ketik');
      await page.keyboard.press('Escape');
      expect(await strip()).toContain('Wajib diisi');
      await page.keyboard.type(`gitar ${mark}`);
      await page.keyboard.press('Control+Enter');
      await expect.poll(() => count('bad')).toBe('0');
      expect(await count('created')).toBe('2.000');

      await page.getByTestId('import-all').focus();
      await page.keyboard.press('Enter');
      await page.getByTestId('import-done').waitFor({ timeout: 30_000 });
      expect(await page.getByTestId('done-created').innerText()).toBe('2.000');
      const all = await window.read<{ code: string; name: string }[]>('/subjects');
      expect(all.find(({ code }) => code === `IMP_${mark}_1500`)?.name).toBe(`gitar ${mark}`);
      expect(all.find(({ code }) => code === `IMP_${mark}_3`)?.name).toContain(`Mata "3"; ${mark}`);
    });

    test('with some wrong rows goes in without them, and they come back as a file', async () => {
      const csv = `code,name,kategori,status\nIMP_${mark}_A,=Alat,MUSIK,ARCHIVED\nIMP_${mark}_B,"Biola, lagi",TARI,ARCHIVED\n`;
      await drop('subject', 'dua.csv', Buffer.from(csv));
      await page.getByTestId('import-valid').click();
      await page.getByTestId('left-out').waitFor();
      expect(await page.getByTestId('done-created').innerText()).toBe('1');
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('download-bad').click()]);
      const text = await readFile(await download.path(), 'utf8');
      expect(text).toBe(`\uFEFFcode;name;kategori;status\r\nIMP_${mark}_B;Biola, lagi;TARI;ARCHIVED\r\n`);
      await page.getByTestId('go-on').click();
      await page.getByTestId('repair-grid').focus();
      await page.keyboard.press('F8');
      await page.keyboard.press('Delete');
      await page.keyboard.press('Control+z');
      expect(await page.getByTestId('cell-kategori').innerText()).toBe('TARI');
      await page.keyboard.type('BAHASA_ASING');
      await page.keyboard.press('Control+Enter');
      await page.getByTestId('import-all').click();
      await page.getByTestId('import-done').waitFor();
    });

    test('a second time changes nothing and says so', async () => {
      await drop('subject', 'dua.csv', Buffer.from(`code,name,kategori\nIMP_${mark}_A,=Alat,MUSIK\n`));
      await expect.poll(() => count('unchanged')).toBe('1');
      expect(await page.getByTestId('import-advice').innerText()).toContain('tidak ada yang perlu diimpor');
      expect(await page.getByTestId('import-all').isDisabled()).toBe(true);
    });

    test('too short a row is completed, and a phone has room for it', async () => {
      const phone = await program().window({ width: 390, scheme: 'dark' });
      await phone.open('/import?kind=subject');
      const buffer = Buffer.from(`code,name,kategori,status\nIMP_${mark}_C,Cello\n`);
      await phone.page.getByTestId('import-input').setInputFiles({ name: 'c.csv', mimeType: 'text/csv', buffer });
      await phone.page.getByTestId('repair-row').waitFor();
      expect(await phone.page.getByTestId('repair-strip').innerText()).toContain('2 sel');
      expect(await phone.violations()).toEqual([]);
      expect(await phone.sidewaysScroll()).toBe(0);
      await phone.page.getByTestId('cell-kategori').dblclick();
      await phone.page.keyboard.type('MUSIK');
      await phone.page.keyboard.press('Enter');
      await phone.page.getByTestId('check').click();
      await phone.page.getByTestId('import-all').click();
      await phone.page.getByTestId('import-done').waitFor();
      await phone.close();
    });
  });
}
