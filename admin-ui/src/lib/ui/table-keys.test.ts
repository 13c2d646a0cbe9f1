import { expect, test } from 'vitest';
import { meantForText } from './table-keys';

const press = (target: object, more: object = {}) =>
  ({ defaultPrevented: false, ctrlKey: false, metaKey: false, altKey: false, target, ...more }) as KeyboardEvent;
const input = { closest: () => input };
const button = { closest: () => null };

test('a letter belongs to the text it is typed into', () => {
  expect(meantForText(press(input))).toBe(true);
  expect(meantForText(press(button))).toBe(false);
});

test('shortcuts of the browser and presses already handled are nobody else’s', () => {
  expect(meantForText(press(button, { ctrlKey: true }))).toBe(true);
  expect(meantForText(press(button, { defaultPrevented: true }))).toBe(true);
});
