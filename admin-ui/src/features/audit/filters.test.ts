import { expect, test } from 'vitest';
import { asked, isFiltered } from './filters';

test('a named range becomes days and wins over days left in the address', () => {
  const query = { range: 'month', from: '2020-01-01', action: 'sesi.approve' };
  expect(asked(query, '2026-11-21', 'Asia/Jakarta')).toMatchObject({
    from: '2026-11-01',
    until: '2026-11-21',
    zone: 'Asia/Jakarta',
    action: 'sesi.approve'
  });
});

test('days stand for themselves', () => {
  expect(asked({ from: '2026-11-02' }, '2026-11-21', 'Asia/Jakarta')).toMatchObject({
    from: '2026-11-02',
    until: undefined
  });
});

test('sorting is no filter', () => {
  expect([{ sort: 'at' }, { q: 'x' }, {}].map(isFiltered)).toEqual([false, true, false]);
});
