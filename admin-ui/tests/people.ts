/** Tutors and siswa in the browser: made with a warning, proved by a KTP, activated, Slots by keyboard, preferences. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Window } from './browser';

/** Runs may repeat on one database: names and numbers carry the moment. */
const mark = Date.now().toString(36);
const digits = String(Date.now()).slice(-7);
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
);
const tutor = { name: `Kinanti Uji${mark}`, phone: `0815${digits}1` };
const siswa = { name: `Bagas Uji${mark}`, phone: `0816${digits}2` };

export function describePeople(window: () => Window): void {
  const page = (): Page => window().page;
  const file = { name: 'ktp.png', mimeType: 'image/png', buffer: png };
  let tutorPath = '';

  async function fillTutor({ name, phone }: { name: string; phone: string }): Promise<void> {
    await page().goto('/tutor/new');
    await page().getByTestId('name').fill(name);
    await page().getByTestId('phone').fill(phone);
    await page().getByTestId('golongan_id').selectOption({ index: 1 });
    await page().getByTestId('office_id').selectOption({ index: 1 });
  }

  describe('tutors and siswa', () => {
    test('what is wrong with a new tutor is told while it is typed', async () => {
      await page().goto('/tutor');
      await page().getByTestId('new-tutor').click();
      await page().getByTestId('phone').fill('0812x');
      await page().getByTestId('email').fill('kinanti@');
      await page().getByTestId('error-phone').waitFor();
      await page().getByTestId('coordinates').fill('Jakarta');
      await page().getByTestId('error-email').waitFor();
      await page().getByTestId('error-lat').waitFor();
      await page().getByTestId('coordinates').fill('35.68, 139.69');
      await page().getByTestId('warning-lat').waitFor();
      expect(await page().getByTestId('error-name').count()).toBe(0);
      page().once('dialog', (dialog) => void dialog.accept());
      await page().goto('/tutor');
    });

    test('a tutor is made as a draft, and found in the list', async () => {
      await fillTutor(tutor);
      await page().getByTestId('create').click();
      await page().getByTestId('person-status').waitFor();
      expect(await page().getByTestId('person-status').innerText()).toContain('Draf');
      tutorPath = new URL(page().url()).pathname;
      await page().goto(`/tutor?q=${encodeURIComponent(tutor.name)}&document=missing`);
      await page().getByTestId('row').locator('a').click();
      await page().getByTestId('lacks-proof').waitFor();
    });

    test('somebody with nearly the same name is made only with a reason', async () => {
      await fillTutor({ name: tutor.name.replace('Kinanti', 'Kinantii'), phone: `0817${digits}3` });
      await page().getByTestId('duplicates').getByText(tutor.name).waitFor();
      await page().getByTestId('create').click();
      await page().getByTestId('error-duplicate_reason').waitFor();
      expect(await page().getByTestId('phone').inputValue()).toBe(`0817${digits}3`);
      await page().getByTestId('duplicate-reason').fill('Saudara kandung');
      await page().getByTestId('create').click();
      await page().getByTestId('person-status').waitFor();
      await page().getByTestId('tab-trail').click();
      await page().getByTestId('user-audit').getByText('Saudara kandung').waitFor();
    });

    test('without a KTP nobody becomes active, with one they do', async () => {
      await page().goto(tutorPath);
      await page().getByTestId('activate').click();
      await page().getByTestId('reason').fill('Berkas lengkap');
      await page().getByTestId('confirm').click();
      await page().getByTestId('missing').waitFor();
      await page().keyboard.press('Escape');
      await page().getByTestId('tab-documents').click();
      await page().getByTestId('upload-KTP').setInputFiles(file);
      await page().getByTestId('document-KTP').getByTestId('open-document').waitFor();
      await page().getByTestId('upload-PHOTO').setInputFiles(file);
      await page().getByTestId('avatar').waitFor();
      await page().getByTestId('activate').click();
      await page().getByTestId('reason').fill('Berkas lengkap');
      await page().getByTestId('confirm').click();
      await page().getByTestId('activate').waitFor({ state: 'detached' });
      expect(await page().getByTestId('person-status').innerText()).toContain('Aktif');
    });

    test('opening a KTP shows it and leaves a record', async () => {
      const [opened] = await Promise.all([
        window().context.waitForEvent('page'),
        page().getByTestId('document-KTP').getByTestId('open-document').click()
      ]);
      await opened.waitForURL(/\/content\?expires=/);
      await opened.close();
      await page().getByTestId('tab-trail').click();
      await page().getByTestId('user-audit').getByText('Dokumen tutor dibuka').first().waitFor();
    });

    test('Slots are written by keyboard, and one that overlaps is told at the slot', async () => {
      await page().getByTestId('tab-slots').click();
      await page().getByTestId('add-slot-1').focus();
      await page().keyboard.press('Enter');
      await page().keyboard.type('8');
      await page().keyboard.press('Tab');
      await page().keyboard.type('10.30');
      await page().getByTestId('add-slot-1').focus();
      await page().keyboard.press('Enter');
      await page().keyboard.type('1000');
      await page().getByTestId('slot-error').waitFor();
      expect(await page().getByTestId('save-slots').isDisabled()).toBe(true);
      await page().keyboard.press('Tab');
      await page().keyboard.press('Shift+Tab');
      await page().keyboard.type('11');
      await page().getByTestId('slot-error').waitFor({ state: 'detached' });
      await page().keyboard.press('Enter');
      // Nothing is left to be thrown away once it is saved.
      await page().getByTestId('discard-slots').waitFor({ state: 'detached' });
      const id = tutorPath.split('/').at(-1)!;
      const saved = await window().read<{ slots: { from_minute: number }[] }>(`/people/tutor/${id}`);
      expect(saved.slots.map((slot) => slot.from_minute)).toEqual([480, 660]);
    });

    test('of two who edit, the second sees what is there now and decides', async () => {
      await page().goto(tutorPath);
      await page().getByTestId('edit').click();
      await page().getByTestId('bio').fill('Ditulis pertama');
      const other = await window().context.newPage();
      await other.goto(tutorPath);
      await other.getByTestId('edit').click();
      await other.getByTestId('bio').fill('Ditulis orang lain');
      await other.getByTestId('save').click();
      await other.getByTestId('edit').waitFor();
      await other.close();
      await page().getByTestId('save').click();
      await page().getByTestId('stale').getByText('Ditulis orang lain').waitFor();
      await page().getByTestId('keep-mine').click();
      await page().getByTestId('edit').waitFor();
      await page().getByTestId('facts').getByText('Ditulis pertama').waitFor();
    });

    test('a siswa is made, and prefers a tutor', async () => {
      await page().goto('/siswa/new');
      await page().getByTestId('name').fill(siswa.name);
      for (const field of ['tingkat_id', 'segmentasi_id', 'office_id'])
        await page().getByTestId(field).selectOption({ index: 1 });
      await page().getByTestId('parent_name').fill('Wati');
      await page().getByTestId('parent_relation').fill('ibu');
      await page().getByTestId('parent_phone').fill(siswa.phone);
      await page().getByTestId('create').click();
      await page().getByTestId('tab-preferred').click();
      await page().getByTestId('combobox-tutor').fill(tutor.name);
      await page().getByTestId('option').getByText(tutor.name, { exact: true }).click();
      await page().getByTestId('save-preferred').click();
      await page().getByTestId('discard-preferred').waitFor({ state: 'detached' });
      await page().getByTestId('preferred').getByText(tutor.name).waitFor();
    });
  });
}
