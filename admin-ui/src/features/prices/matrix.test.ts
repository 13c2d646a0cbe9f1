import { expect, test } from 'vitest';
import type { PriceMatrix } from '$lib/api/types';
import { bySubject, cellOf, farAbove, filledCells, keyAt, layout, percent, spotOf } from './matrix';

const coded = (id: string, code = id) => ({ id, code, name: id });
const matrix = {
  tingkat: [coded('t1'), coded('t2')],
  segmentasi: [coded('s1', 'REGULER'), coded('s2')],
  golongan: [coded('g1', 'GOL_1'), coded('gn', 'NON_GOLONGAN')],
  cells: [{ tingkat_id: 't2', segmentasi_id: 's1', golongan_id: 'gn', price: { id: 'p' }, next: null }]
} as unknown as PriceMatrix;
const name = (code: string) => code;

test('tutors have their Golongan below each Segmentasi, siswa have none', () => {
  const tutor = layout(matrix, { audience: 'TUTOR', subject_id: 'x' }, name);
  expect(tutor.columns.map(({ group, label }) => `${group} ${label}`)).toEqual([
    'REGULER Gol 1',
    'REGULER Non',
    's2 Gol 1',
    's2 Non'
  ]);
  const siswa = layout(matrix, { audience: 'STUDENT', subject_id: 'x' }, name);
  expect(siswa.columns.map(({ group, label }) => [group, label])).toEqual([
    [undefined, 'REGULER'],
    [undefined, 's2']
  ]);
});

test('a place leads to its cell and back', () => {
  const tutor = layout(matrix, { audience: 'TUTOR', subject_id: 'x', subject_level_id: 'l' }, name);
  const spot = spotOf(tutor, 't2', 's1', 'gn')!;
  expect(spot).toEqual({ row: 1, column: 1 });
  const key = keyAt(tutor, spot);
  expect(key).toEqual({
    audience: 'TUTOR',
    subject_id: 'x',
    subject_level_id: 'l',
    tingkat_id: 't2',
    segmentasi_id: 's1',
    golongan_id: 'gn'
  });
  expect(cellOf(filledCells(matrix), key)?.price?.id).toBe('p');
  expect(spotOf(tutor, 't2', 's1')).toBeNull();
});

test('an amount more than ten times the mean of the others is far above them', () => {
  expect(farAbove([150, 1501, null, 150])).toEqual([false, true, false, false]);
  expect(farAbove([150, 1500, null, 150])).toEqual([false, false, false, false]);
  expect(farAbove([5])).toEqual([false]);
  expect(farAbove([0, 0, 5])).toEqual([false, false, false]);
});

test('coverage of a Subject is that of its levels together, and never rounds up to whole', () => {
  const pages = [
    { subject_id: 'a', subject_level_id: '1', filled: 20, total: 20 },
    { subject_id: 'a', subject_level_id: '2', filled: 4, total: 20 },
    { subject_id: 'b', subject_level_id: null, filled: 12, total: 20 }
  ];
  expect([...bySubject(pages).values()].map(({ filled, total }) => percent(filled, total))).toEqual([60, 60]);
  expect(percent(999, 1000)).toBe(99);
  expect(percent(0, 0)).toBe(100);
});
