import { expect, test } from 'vitest';
import { barOf, draftsOf, faultsOf, minuteOf, nextOf, slotsOf, timeOf, type Draft } from './week';

const draft = (key: number, weekday: number, from: string, until: string): Draft => ({ key, weekday, from, until });

test('times are read as people type them', () => {
  for (const [text, minute] of [
    ['8', 480],
    ['08.30', 510],
    ['8:05', 485],
    ['1345', 825],
    ['24.00', 1440],
    ['0', 0]
  ] as const)
    expect(minuteOf(text), text).toBe(minute);
  for (const text of ['', 'x', '25', '24.01', '8.60', '8.5', '12345']) expect(minuteOf(text), text).toBeUndefined();
  expect(timeOf(485)).toBe('08.05');
});

test('a slot that overlaps an earlier one of its day is named, one that touches it is not', () => {
  const drafts = [
    draft(1, 1, '08', '10'),
    draft(2, 1, '10', '12'),
    draft(3, 1, '11.59', '13'),
    draft(4, 2, '08', '10')
  ];
  expect([...faultsOf(drafts)]).toEqual([[3, 'slot_overlap']]);
  expect([...faultsOf([draft(1, 1, '10', '10'), draft(2, 1, 'pagi', '12')])]).toEqual([
    [1, 'slot_empty'],
    [2, 'slot_time']
  ]);
});

test('slots come back as they went', () => {
  const slots = [{ weekday: 7, from_minute: 485, until_minute: 1440 }];
  expect(slotsOf(draftsOf(slots))).toEqual(slots);
});

test('a new slot stands after the last one of its day', () => {
  expect(nextOf([], 3)).toEqual({ weekday: 3, from: '13.00', until: '15.00' });
  expect(nextOf([draft(1, 3, '13', '15')], 3)).toEqual({ weekday: 3, from: '16.00', until: '18.00' });
  expect(nextOf([draft(1, 3, '22', '24')], 3)).toEqual({ weekday: 3, from: '23.00', until: '24.00' });
});

test('a bar covers its share of the day from six to midnight', () => {
  expect(barOf(draft(1, 1, '06', '15'))).toEqual({ left: 0, width: 50 });
  expect(barOf(draft(1, 1, 'x', '15'))).toBeNull();
});
