import { expect, test } from 'vitest';
import { bracketText, cancelledOf, shareText } from './figures';

const counts = {
  planned: 40,
  cancelled_by_siswa: 2,
  cancelled_by_tutor: 3,
  cancelled_by_admin: 1,
  no_show_student: 9,
  no_show_tutor: 9,
  rescheduled: 9,
  substituted: 9
};

test('only cancellations count as cancelled', () => {
  expect(cancelledOf(counts)).toBe(6);
});

test.each([
  [6, 40, '15,0%'],
  [1, 3, '33,3%'],
  [0, 0, '–']
])('%d of %d is %s', (part, whole, text) => {
  expect(shareText(part, whole)).toBe(text);
});

test.each([
  [0, 1, true, 'report.up_to', 1],
  [0, 1, false, 'report.below', 1],
  [2, 4, true, 'report.between_up_to', 4],
  [4, null, true, 'report.more_up_to', 4],
  [4, null, false, 'report.more_below', 4],
  [0, null, true, 'report.any_lead', 0]
])('the bracket from %s to %s (threshold inside: %s) is %s', (from_hours, until_hours, holds, key, n) => {
  const text = bracketText({ from_hours, until_hours, count: 0 }, holds);
  expect([text.key, text.args.n]).toEqual([key, n]);
});
