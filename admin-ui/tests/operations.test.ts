/** A day's work in the browser: sign in, request, approve, hold, report, validate, cancel, and ask where a number comes from. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { Program, signInLink, type Window } from './browser';
import { describeAccess } from './access';
import { describeAudit } from './audit';
import { approveByKeyboard } from './approve';
import { describeBacktest } from './backtest';
import { describeCasefile } from './casefile';
import { describeCorrections } from './corrections';
import { describeDashboard } from './dashboard';
import { describeErasure } from './erasure';
import { describeFm } from './fm';
import { describeHr } from './hr';
import { describeImports } from './imports';
import { describeHonorarium } from './honorarium';
import { describeLedger } from './ledger';
import { describeMessages } from './messages';
import { describeOverrides } from './overrides';
import { describePayments } from './payments';
import { describePeople } from './people';
import { describePeriods } from './periods';
import { describePolicies } from './policies';
import { describePrices } from './prices';
import { describeReports } from './reports';
import { describeSettings } from './settings';
import { describeSignIn } from './sign-in';
import { describeSubstitutes } from './substitutes';
import { describeSuspensions } from './suspensions';
import { describeTagihan } from './tagihan';
import { describeTerminations } from './terminations';
import { dateAhead, fill, requestMany, requestSesi, wishes } from './new-sesi';

const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64'
);
// Runs may repeat on one database: a random day and time keep today's sesi out of yesterday's way.
const daysAhead = 20 + Math.floor(Math.random() * 60);

let program: Program;
let window: Window;
let page: Page;

beforeAll(async () => {
  program = await Program.launch();
  window = await program.window();
  page = window.page;
});
afterAll(async () => {
  await window.close();
  await program.close();
});

const state = () => page.getByTestId('sesi-state').innerText();

/** Goes to the inbox, filtered to one sesi. */
async function inboxOf(code: string): Promise<void> {
  await page.goto(`/inbox?q=${code}`);
  await page.getByTestId('row').first().waitFor();
}

async function run(command: string): Promise<void> {
  await page.getByTestId(`command-${command}`).click();
  await page.getByTestId('command-dialog').waitFor();
}

async function confirm(): Promise<void> {
  await page.getByTestId('confirm').click();
  await page.getByTestId('command-dialog').waitFor({ state: 'detached' });
}

describe('operations', () => {
  let code = '';
  let sesiPath = '';

  test('the one-time link signs in only when the button is pressed', async () => {
    await page.goto(signInLink());
    await page.getByTestId('sign-in-ready').waitFor();
    await page.getByTestId('sign-in').click();
    await page.getByTestId('figure-late').waitFor();
    expect(await page.getByTestId('who').textContent()).not.toBe('');
    expect(new URL(page.url()).hash).toBe('');
    await program.remember(window);
  });

  test('the form keeps what was typed when the server refuses it', async () => {
    const [wish] = await wishes(window, 1, dateAhead(daysAhead), '08:00');
    await page.goto('/sesi/new');
    await fill(page, wish!);
    const siswa = await page.getByTestId('combobox-siswa_id').inputValue();
    await page.getByTestId('duration').fill('5');
    await page.getByTestId('surcharge').fill('15.000');
    await page.getByTestId('save').click();
    await page.getByTestId('error-duration_minutes').waitFor();
    expect(await page.getByTestId('duration').inputValue()).toBe('5');
    expect(await page.getByTestId('surcharge').inputValue()).toBe('15.000');
    expect(await page.getByTestId('combobox-siswa_id').inputValue()).toBe(siswa);
    expect(await page.getByTestId('date').inputValue()).toBe(dateAhead(daysAhead));
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true');
    await page.getByTestId('duration').fill('90');
    await page.getByTestId('preview-tagihan').waitFor();
  });

  test('a requested sesi waits for approval', async () => {
    page.once('dialog', (dialog) => void dialog.accept()); // the form of the test before is left unsaved
    const [wish] = await wishes(window, 1, dateAhead(daysAhead), '10:00');
    code = await requestSesi(page, wish!);
    sesiPath = new URL(page.url()).pathname;
    expect(await state()).toContain('Diajukan');
    expect(code).toMatch(/^SES-\d{4}-\d{6}$/);
  });

  test('a task is taken, talked about and given back', async () => {
    await inboxOf(code);
    await page.getByTestId('claim').click();
    await page.getByTestId('release').waitFor();
    await page.getByTestId('comment-body').fill('Menunggu jawaban orang tua');
    await page.keyboard.press('Enter');
    await page.getByTestId('comment').filter({ hasText: 'Menunggu jawaban orang tua' }).waitFor();
    expect(await page.getByTestId('comment-body').inputValue()).toBe('');
    await page.goto(sesiPath);
    await page.getByTestId('work').getByTestId('comment').waitFor();
    await page.getByTestId('release').click();
    await page.getByTestId('claim').waitFor();
  });

  test('where there is no room beside the list a task opens over it', async () => {
    const phone = await program.window({ width: 390 });
    await phone.open(`/inbox?q=${code}`);
    await phone.page.getByTestId('row').first().getByText('·').first().click();
    const sheet = phone.page.getByTestId('task-sheet');
    await sheet.getByTestId('preview').waitFor();
    expect(await sheet.innerText()).toContain(code);
    expect(await phone.violations()).toEqual([]);
    await phone.page.keyboard.press('r');
    await phone.page.getByTestId('command-dialog').waitFor();
    await phone.page.keyboard.press('Escape');
    await sheet.getByTestId('preview').waitFor();
    await phone.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(phone.page.url()).toContain(`/inbox?q=${code}`);
    await phone.close();
  });

  test('it is approved in the inbox by keyboard alone', async () => {
    await inboxOf(code);
    await approveByKeyboard(page);
    await page.getByTestId('row').waitFor({ state: 'detached' });
    await page.goto(sesiPath);
    await expect.poll(state).toContain('Disetujui');
  });

  test('of two approved together the one in the way stays selected with its reason', async () => {
    const [one, other] = await wishes(window, 2, dateAhead(daysAhead + 1), '13:00');
    const first = await requestSesi(page, one!);
    const second = await requestSesi(page, other!);
    const sesi = await window.read<{ tutor: { name: string } }>(`/sesi/${page.url().split('/').pop()}`);
    await page.goto(`/inbox?kind=sesi.approve&sort=-due_at&q=${encodeURIComponent(sesi.tutor.name)}`);
    for (const each of [first, second]) {
      await page.getByTestId('row').filter({ hasText: each }).locator('input[type=checkbox]').check();
    }
    await page.getByTestId('bulk-approve').click();
    await page.getByTestId('bulk-summary').waitFor();
    const failed = page.getByTestId('row-failure');
    expect(await failed.count()).toBeGreaterThanOrEqual(1);
    expect(await failed.first().innerText()).toMatch(/SES-|Slot/);
    expect(await page.locator('[data-testid=row] input:checked').count()).toBe(await failed.count());
  });

  test('all that match are chosen, also those not shown yet, and decided together', async () => {
    const name = await requestMany(window, 130, dateAhead(daysAhead + 2));
    await page.goto(`/inbox?kind=sesi.approve&sort=-due_at&q=${encodeURIComponent(name)}`);
    await page.getByTestId('row').nth(99).waitFor();
    await page.getByTestId('row').first().locator('input[type=checkbox]').check();
    await page.getByTestId('bulk-all').click();
    await expect.poll(() => page.locator('[data-testid=row] input:checked').count()).toBeGreaterThanOrEqual(130);
    await page.getByTestId('bulk-reject').click();
    await page.getByTestId('reason-dialog').locator('textarea').fill('Jadwal diganti');
    await page.getByTestId('confirm').click();
    const summary = page.getByTestId('bulk-summary');
    await summary.waitFor();
    expect(Number((await summary.innerText()).match(/\d+/)![0])).toBeGreaterThanOrEqual(130);
    await expect.poll(() => page.getByTestId('row').count()).toBe(0);
  });

  test('start, report with a photo, confirm, validate', async () => {
    // the earliest approved one: its hour has come, and only then may a sesi start
    const { items } = await window.read<{ items: { id: string; starts_at: string }[] }>(
      '/sesi?filter[state]=APPROVED&sort=starts_at&limit=1'
    );
    expect(Date.parse(items[0]!.starts_at)).toBeLessThan(Date.now());
    await page.goto(`/sesi/${items[0]!.id}`);
    await run('start');
    await confirm();
    await expect.poll(state).toContain('Berlangsung');
    await run('report');
    const dialog = page.getByTestId('command-dialog');
    await dialog.getByText('Hadir', { exact: true }).click();
    await dialog.locator('[data-field=topic] input').fill('Persamaan garis lurus');
    await page.getByTestId('upload-photo_document_id').setInputFiles({
      name: 'foto-laporan.png',
      mimeType: 'image/png',
      buffer: onePixelPng
    });
    await page.getByTestId('uploaded').waitFor();
    await confirm();
    await expect.poll(() => page.getByTestId('documents').innerText()).toContain('foto-laporan.png');
    expect(await page.getByTestId('facts').innerText()).toContain('Persamaan garis lurus');
    await run('confirm');
    await confirm();
    await expect.poll(state).toContain('Menunggu validasi');
    await run('validate');
    const shown = page.getByTestId('preview-amounts').getByTestId('amount-tagihan');
    await shown.waitFor();
    const tagihan = await shown.innerText();
    await confirm();
    await expect.poll(state).toContain('Selesai');
    expect(await page.getByTestId('facts').innerText()).toContain(tagihan);
  });

  test('the amount shown before cancelling is the amount after', async () => {
    // the next one to start, so that the lead time is short and the amount is not zero if the hour allows
    const { items } = await window.read<{ items: { id: string; starts_at: string }[] }>(
      '/sesi?filter[state]=APPROVED&sort=starts_at&limit=200'
    );
    const next = items.find((sesi) => Date.parse(sesi.starts_at) > Date.now() + 300_000)!;
    await page.goto(`/sesi/${next.id}`);
    await run('cancel');
    const dialog = page.getByTestId('command-dialog');
    await dialog.getByText('Tutor', { exact: true }).click();
    await dialog.locator('[data-field=reason] textarea').fill('Tutor berhalangan');
    const shown = page.getByTestId('preview-amounts').getByTestId('amount-denda');
    await shown.waitFor();
    await dialog.getByTestId('policy-version').first().waitFor();
    const before = await shown.innerText();
    if (before !== 'Rp0') expect(await dialog.getByTestId('rule-matched').first().innerText()).toContain('jam');
    await confirm();
    await expect.poll(state).toContain('Dibatalkan');
    await page.getByTestId('timeline').locator('summary').first().click();
    expect(await page.getByTestId('timeline').getByTestId('amount-denda').first().innerText()).toBe(before);
  });

  test('every amount opens to the policy version that made it', async () => {
    const { items } = await window.read<{ items: { id: string }[] }>('/sesi?filter[state]=COMPLETED&limit=1');
    await page.goto(`/sesi/${items[0]!.id}`);
    const tagihan = page.getByTestId('explain-tagihan');
    await tagihan.locator('summary').first().click();
    expect(await tagihan.getByTestId('policy-version').first().innerText()).toMatch(/v\d+ · [0-9a-f]{8}/);
    expect(await tagihan.getByTestId('step-matrix').count()).toBeGreaterThan(0);
    expect(await tagihan.getByTestId('step-entry').count()).toBeGreaterThan(0);
  });

  test('keys go everywhere: palette, g and a letter, help', async () => {
    await page.goto('/');
    await page.getByTestId('figure-late').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await page.waitForURL('**/inbox');
    await page.keyboard.press('Control+K');
    await page.getByTestId('palette').waitFor();
    await page.keyboard.type(code);
    await page.getByTestId('palette').getByText(code).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${sesiPath}`);
    await page.keyboard.press('?');
    await page.getByTestId('shortcut-help').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('shortcut-help').waitFor({ state: 'detached' });
  });

  test('filters live in the address and survive opening a sesi', async () => {
    await page.goto('/sesi?state=COMPLETED');
    await page.getByTestId('row').first().waitFor();
    const filtered = Number((await page.getByTestId('count').innerText()).replace(/\D/g, ''));
    await page.getByTestId('row').first().locator('a').click();
    await page.getByTestId('sesi-state').waitFor();
    await page.locator('.back').click();
    await page.waitForURL('**/sesi?state=COMPLETED');
    await page.getByTestId('row').first().waitFor();
    expect(Number((await page.getByTestId('count').innerText()).replace(/\D/g, ''))).toBe(filtered);
    await page.getByTestId('clear-filters').click();
    await page.waitForURL(/\/sesi$/);
  });
});

describeAccess(() => window);
describePeople(() => window);
describeSignIn(
  () => program,
  () => window
);
describeAudit(() => window);
describeErasure(
  () => program,
  () => window
);
describeFm(
  () => program,
  () => window
);
describeCasefile(
  () => program,
  () => window
);
describeLedger(
  () => program,
  () => window
);
describeCorrections(
  () => program,
  () => window
);
describeDashboard(
  () => program,
  () => window
);
describeReports(
  () => program,
  () => window
);
describeHr(
  () => program,
  () => window
);
describeMessages(() => program);
describeOverrides(
  () => program,
  () => window
);
describeSubstitutes(() => window);
describeSuspensions(
  () => program,
  () => window
);
describePayments(
  () => program,
  () => window
);
describeTagihan(
  () => program,
  () => window
);
describeHonorarium(
  () => program,
  () => window
);
describePeriods(
  () => program,
  () => window
);

describeTerminations(
  () => program,
  () => window
);
describePrices(
  () => program,
  () => window
);
describeBacktest(
  () => program,
  () => window
);
describePolicies(
  () => program,
  () => window
);

describeImports(() => program);
describeSettings(() => program);

describe('every page', () => {
  const fixed = [
    '/',
    '/inbox',
    '/sesi',
    '/sesi/new',
    '/tutor',
    '/tutor/new',
    '/siswa',
    '/siswa/new',
    '/jobs',
    '/import?kind=tutor',
    '/settings',
    '/catalog',
    '/catalog?tab=tingkat',
    '/offices',
    '/policies',
    '/backtests',
    '/prices?audience=STUDENT',
    '/prices?audience=TUTOR',
    '/audit',
    '/audit/archives',
    '/users',
    '/roles',
    '/erasures',
    '/fm',
    '/reports/cancellations',
    '/hr',
    '/suspensions',
    '/me',
    '/nowhere',
    '/sign-in',
    '/sign-in?problem=oidc_lost',
    '/forgot',
    '/reset#token'
  ];

  async function paths(): Promise<string[]> {
    const sesi = await window.read<{ items: { id: string }[] }>('/sesi?filter[state]=COMPLETED&limit=1');
    const [policy] = await window.read<{ kind: string }[]>('/policies');
    const tutors = await window.read<{ items: { id: string }[] }>('/people/tutor?limit=1');
    const siswa = await window.read<{ items: { id: string }[] }>('/people/siswa?limit=1');
    const users = await window.read<{ items: { id: string }[] }>('/users?limit=1');
    const drafts = await window.read<{ items: { id: string }[] }>('/policy-publications?limit=1');
    return [
      ...fixed,
      `/sesi/${sesi.items[0]!.id}`,
      `/policies/${policy!.kind}/1`,
      ...drafts.items.map(({ id }) => `/publications/${id}`),
      ...['', '?tab=documents', '?tab=subjects', '?tab=slots', '?tab=sesi', '?tab=trail'].map(
        (tab) => `/tutor/${tutors.items[0]!.id}${tab}`
      ),
      ...['', '?tab=preferred'].map((tab) => `/siswa/${siswa.items[0]!.id}${tab}`),
      `/users/${users.items[0]!.id}`,
      `/audit/sesi/${sesi.items[0]!.id}`,
      `/audit/user/${users.items[0]!.id}`
    ];
  }

  test.each([
    ['light', 1440],
    ['light', 390],
    ['dark', 1440],
    ['dark', 390]
  ] as const)(
    'is accessible, %s at %i px',
    async (scheme, width) => {
      const other = await program.window({ scheme, width });
      for (const path of await paths()) {
        await other.open(path);
        expect.soft(await other.violations(), path).toEqual([]);
        expect.soft(await other.sidewaysScroll(), path).toBeLessThanOrEqual(0);
        await other.expectSound();
      }
      await other.close();
    },
    180_000
  );

  test.each(['light', 'dark'] as const)(
    'has accessible dialogs, %s',
    async (scheme) => {
      const { items } = await window.read<{ items: { id: string }[] }>('/sesi?filter[state]=APPROVED&limit=1');
      const other = await program.window({ scheme });
      const dialogs = { reschedule: 'command-dialog', cancel: 'command-dialog' };
      for (const [command, dialog] of Object.entries(dialogs)) {
        await other.open(`/sesi/${items[0]!.id}`);
        await other.page.getByTestId(`command-${command}`).click();
        await other.page.getByTestId(dialog).waitFor();
        await other.page.getByTestId('confirm').click();
        await other.page.getByTestId('error-reason').waitFor();
        expect.soft(await other.violations(), command).toEqual([]);
      }
      await other.open('/');
      for (const [keys, dialog] of [
        ['Control+K', 'palette'],
        ['?', 'shortcut-help']
      ] as const) {
        await other.page.keyboard.press(keys);
        await other.page.getByTestId(dialog).waitFor();
        expect.soft(await other.violations(), dialog).toEqual([]);
        await other.page.keyboard.press('Escape');
        await other.page.getByTestId(dialog).waitFor({ state: 'detached' });
      }
      await other.close();
    },
    90_000
  );

  test('speaks English without a gap', async () => {
    const other = await program.window({ locale: 'en' });
    for (const path of await paths()) {
      await other.open(path);
      await other.expectSound();
    }
    await other.open('/inbox');
    await other.page.getByRole('heading', { name: 'Task inbox' }).waitFor();
    await other.close();
  }, 90_000);

  test('a used link says so and tells the way on', async () => {
    const stranger = await Program.launch();
    const other = await stranger.window();
    await other.open(signInLink());
    await other.page.getByTestId('sign-in').click();
    await other.page.getByTestId('sign-in-problem').waitFor();
    await other.page.getByTestId('sign-in-how').waitFor();
    await other.open('/inbox');
    await other.page.waitForURL('**/sign-in?next=*');
    await other.close();
    await stranger.close();
  });

  test('the API explains itself on a page of its own', async () => {
    await page.goto('/api/docs');
    await page.locator('.opblock-tag').first().waitFor();
    expect(await page.locator('.opblock-tag').count()).toBeGreaterThan(10);
    await page.locator('.opblock-tag').first().click();
    await page.locator('.opblock').first().waitFor();
    expect(await page.locator('.errors-wrapper').count()).toBe(0);
  });
});
