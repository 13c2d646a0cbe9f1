/** Steps shared by the browser tests: find people a sesi can be made of, and request one through the form. */
import type { Page } from 'playwright-core';
import type { Window } from './browser';

export type Wish = { siswa: string; tutor: string; subject: string; date: string; time: string };
type Ids = { siswa_id: string; tutor_id: string; subject_id: string };
type Held = {
  siswa: { id: string; code: string };
  tutor: { id: string; code: string; name: string };
  subject: { id: string };
};
type Said = { price_missing: unknown; conflicts: unknown[] };

const jakarta = '+07:00';

/** Searches are asked by code: names repeat. */
const wishOf = (sesi: Held, siswa: Held['siswa'], date: string, time: string): Wish => ({
  siswa: siswa.code,
  tutor: sesi.tutor.code,
  subject: sesi.subject.id,
  date,
  time
});

async function possible(window: Window, ids: Ids, date: string, time: string): Promise<boolean> {
  const body = { ...ids, mode: 'ONLINE', starts_at: new Date(`${date}T${time}:00${jakarta}`).toISOString() };
  const said = await window.ask<Said>('/sesi/preview', body);
  return said.price_missing === null && said.conflicts?.length === 0;
}

/** Sesi that were held lately: their people are active and their prices exist. */
async function* heldLately(window: Window): AsyncGenerator<Held> {
  const { items } = await window.read<{ items: { id: string; level: string | null; zone: string }[] }>(
    '/sesi?filter[state]=COMPLETED&filter[mode]=ONLINE&sort=-starts_at&limit=200'
  );
  const plain = items.filter((row) => row.level === null && row.zone === 'Asia/Jakarta');
  for (const row of plain) yield await window.read<Held>(`/sesi/${row.id}`);
}

/** Wishes of one hour with one tutor that have a price and nothing in their way, each with another siswa. */
export async function wishes(window: Window, count: number, date: string, time: string): Promise<Wish[]> {
  const { items: siswa } = await window.read<{ items: Held['siswa'][] }>('/siswa?limit=100');
  for await (const sesi of heldLately(window)) {
    const found: Wish[] = [];
    for (const each of [sesi.siswa, ...siswa.filter((other) => other.id !== sesi.siswa.id)].slice(0, 20)) {
      const ids = { siswa_id: each.id, tutor_id: sesi.tutor.id, subject_id: sesi.subject.id };
      if (await possible(window, ids, date, time)) found.push(wishOf(sesi, each, date, time));
      if (found.length === count) return found;
    }
  }
  throw new Error('no sesi of the demo company can be repeated: is this database made by `alur demo`?');
}

async function pick(page: Page, name: string, q: string): Promise<void> {
  const box = page.getByTestId(`combobox-${name}`);
  await box.click();
  await box.fill(q);
  await page.locator(`[data-field=${name}] [role=listbox][aria-busy=false]`).waitFor();
  await page.getByTestId('option').first().click();
}

export function dateAhead(days: number): string {
  const jakartaOffsetMs = 7 * 3_600_000;
  return new Date(Date.now() + jakartaOffsetMs + days * 86_400_000).toISOString().slice(0, 10);
}

export async function fill(page: Page, wish: Wish): Promise<void> {
  await page.getByTestId('subject').selectOption(wish.subject);
  await pick(page, 'siswa_id', wish.siswa);
  await pick(page, 'tutor_id', wish.tutor);
  await page.getByTestId('date').fill(wish.date);
  await page.getByTestId('time').fill(wish.time);
}

/** Requests a sesi and answers its code. */
export async function requestSesi(page: Page, wish: Wish): Promise<string> {
  await page.goto('/sesi/new');
  await fill(page, wish);
  await page.getByTestId('save').click();
  await page.getByTestId('sesi-state').waitFor();
  return (await page.locator('h1').textContent())!.trim();
}

/** Requests many sesi of one tutor through the API, two hours apart from one day on; answers the tutor's name. */
export async function requestMany(window: Window, count: number, date: string): Promise<string> {
  for await (const held of heldLately(window)) {
    const ids = { siswa_id: held.siswa.id, tutor_id: held.tutor.id, subject_id: held.subject.id };
    if (!(await possible(window, ids, date, '04:00'))) continue;
    const first = Date.parse(`${date}T00:00:00${jakarta}`);
    for (let n = 0; n < count; n++) {
      const starts_at = new Date(first + n * 2 * 3_600_000).toISOString();
      await window.ask('/sesi', { ...ids, mode: 'ONLINE', starts_at });
    }
    return held.tutor.name;
  }
  throw new Error('no tutor of the demo company is free');
}
