import { expect, test } from 'vitest';
import { Steps } from './steps';

test('what is undone can be redone until something new is done', () => {
  const steps = new Steps<string>();
  expect(steps.undo()).toBeUndefined();
  steps.push('a');
  steps.push('b');
  expect(steps.undo()).toBe('b');
  expect(steps.redo()).toBe('b');
  expect(steps.undo()).toBe('b');
  expect(steps.undo()).toBe('a');
  expect(steps.canUndo).toBe(false);
  steps.push('c');
  expect(steps.canRedo).toBe(false);
  expect(steps.undo()).toBe('c');
});

test('the oldest steps are forgotten after two hundred', () => {
  const steps = new Steps<number>();
  for (let n = 0; n < 250; n += 1) steps.push(n);
  let last: number | undefined;
  for (let step = steps.undo(); step !== undefined; step = steps.undo()) last = step;
  expect(last).toBe(50);
});
