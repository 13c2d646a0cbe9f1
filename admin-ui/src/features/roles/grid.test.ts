import { describe, expect, test } from 'vitest';
import { groupsOf, step } from './grid';

describe('keys in the matrix', () => {
  const at = (row: number, column: number) => ({ row, column });

  test('arrows move by one and stop at the edges', () => {
    expect(step(at(0, 0), 'ArrowDown', 3, 2)).toEqual(at(1, 0));
    expect(step(at(2, 0), 'ArrowDown', 3, 2)).toEqual(at(2, 0));
    expect(step(at(0, 1), 'ArrowRight', 3, 2)).toEqual(at(0, 1));
  });

  test('names of roles and permissions are reached, the corner between them is not', () => {
    expect(step(at(0, 0), 'ArrowUp', 3, 2)).toEqual(at(-1, 0));
    expect(step(at(0, 0), 'ArrowLeft', 3, 2)).toEqual(at(0, -1));
    expect(step(at(-1, 0), 'ArrowLeft', 3, 2)).toEqual(at(-1, 0));
    expect(step(at(0, -1), 'ArrowUp', 3, 2)).toEqual(at(0, -1));
  });

  test('Home and End go along the row, other keys mean nothing', () => {
    expect(step(at(1, 1), 'Home', 3, 2)).toEqual(at(1, -1));
    expect(step(at(1, -1), 'End', 3, 2)).toEqual(at(1, 1));
    expect(step(at(1, 1), ' ', 3, 2)).toBeNull();
  });
});

test('permissions stand under their group', () => {
  const permission = (code: string) => ({ code, group: code.split('.')[0]!, guards: [] });
  const groups = groupsOf(['sesi.read', 'sesi.run', 'user.read'].map(permission));
  expect(groups.map((group) => [group.code, group.permissions.length])).toEqual([
    ['sesi', 2],
    ['user', 1]
  ]);
});
