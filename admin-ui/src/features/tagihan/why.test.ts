import { describe, expect, test } from 'vitest';
import { type Line, whatOf, whyOf } from './why';

const nothing = { pct: null, of_rp: null, lead_time_s: null, party: null, changed: false, code: null, reason: null };
const sesi = {
  id: 's',
  code: 'SES-2026-000001',
  starts_at: '2026-07-02T03:00:00Z',
  zone: 'Asia/Jakarta',
  duration_minutes: 90,
  subject: 'Bahasa Mandarin',
  level: 'HSK 2',
  tutor_name: 'Siti'
};
const line = (kind: string, why: Partial<Line['why']> = {}, of: Line['sesi'] = sesi): Line => ({
  number: 1,
  kind,
  held_on: '2026-07-02',
  sesi: of,
  amount_rp: 75_000,
  credited_rp: 0,
  voided: false,
  why: { ...nothing, ...why }
});

describe('a line of a Tagihan', () => {
  test('is named by what was taught, an adjustment by its code', () => {
    expect(whatOf(line('SESI'))).toBe('Bahasa Mandarin · HSK 2');
    expect(whatOf(line('SESI', {}, { ...sesi, level: null }))).toBe('Bahasa Mandarin');
    expect(whatOf(line('ADJUSTMENT', { code: 'ADJ-2026-000007' }, null))).toContain('ADJ-2026-000007');
  });

  test('says why', () => {
    const share = { pct: 50, of_rp: 150_000, lead_time_s: 5400 };
    expect(whyOf(line('SESI'))).toBe('Sesi selesai');
    expect(whyOf(line('SESI', { changed: true }))).toBe('Sesi selesai; jumlahnya disesuaikan');
    expect(whyOf(line('CANCELLATION', share))).toBe(
      'Dibatalkan siswa 1 jam 30 menit sebelum mulai: 50% dari Rp150.000'
    );
    expect(whyOf(line('CANCELLATION', { ...share, lead_time_s: 0 }))).toBe(
      'Dibatalkan siswa setelah waktu mulai: 50% dari Rp150.000'
    );
    expect(whyOf(line('RESCHEDULE', { ...share, party: 'SISWA' }))).toContain('Dijadwal ulang oleh siswa 1 jam');
    expect(whyOf(line('ADJUSTMENT', { reason: 'Potongan' }, null))).toBe('Potongan');
  });
});
