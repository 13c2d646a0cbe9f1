import { expect, test } from 'vitest';
import type { PriceCellKey } from '$lib/api/prices';
import { UnsavedPrices } from './unsaved.svelte';

const cell = (tingkat: string): PriceCellKey => ({
  audience: 'STUDENT',
  subject_id: 's',
  tingkat_id: tingkat,
  segmentasi_id: 'r'
});
const seen = { id: 'p1', amount_rp: 150_000 };

test('typing over a price and typing it back leaves nothing to save', () => {
  const unsaved = new UnsavedPrices();
  unsaved.write([{ cell: cell('5'), seen, text: '160.000' }]);
  expect(unsaved.all).toEqual([{ cell: cell('5'), seen, amount: 160_000 }]);
  unsaved.write([{ cell: cell('5'), seen, text: 'Rp150.000' }]);
  expect(unsaved.size).toBe(0);
});

test('of a pasted block with a letter in one cell the others are kept, and the one says what it is', () => {
  const unsaved = new UnsavedPrices();
  const texts = Array.from({ length: 400 }, (_, n) => (n === 77 ? '15O.000' : String(100_000 + n)));
  unsaved.write(texts.map((text, n) => ({ cell: cell(String(n)), seen: null, text })));
  expect(unsaved.size).toBe(400);
  expect(unsaved.wrong).toEqual([{ cell: cell('77'), seen: null, amount: null, text: '15O.000', wrong: 'letters' }]);
  expect(unsaved.undo()).toBe(true);
  expect(unsaved.size).toBe(0);
  unsaved.redo();
  expect(unsaved.size).toBe(400);
});

test('undo goes back step by step', () => {
  const unsaved = new UnsavedPrices();
  unsaved.write([{ cell: cell('5'), seen, text: '1' }]);
  unsaved.write([{ cell: cell('5'), seen, text: '2' }]);
  unsaved.undo();
  expect(unsaved.of(cell('5'))?.amount).toBe(1);
  unsaved.undo();
  expect([unsaved.size, unsaved.canUndo, unsaved.canRedo]).toEqual([0, false, true]);
});

test('a cell somebody else has changed shows both; mine then goes over theirs', () => {
  const unsaved = new UnsavedPrices();
  unsaved.write([
    { cell: cell('5'), seen, text: '160000' },
    { cell: cell('6'), seen: null, text: '90000' }
  ]);
  const params = { price_id: 'p2', amount_rp: 170_000, by: 'Rina', at: '2026-11-21T02:00:00Z' };
  unsaved.clash(unsaved.all, [{ field: 'cells[0]', code: 'price_changed', params }]);
  expect(unsaved.clashes).toHaveLength(1);
  unsaved.keepMine(unsaved.clashes[0]!);
  expect(unsaved.edit('y', '2026-11-21', ' naik ').cells).toEqual([
    { subject_id: 's', tingkat_id: '5', segmentasi_id: 'r', seen_id: 'p2', amount_rp: 160_000 },
    { subject_id: 's', tingkat_id: '6', segmentasi_id: 'r', seen_id: null, amount_rp: 90_000 }
  ]);
});

test('a save whose answer was lost is found done, not in conflict', () => {
  const unsaved = new UnsavedPrices();
  unsaved.write([{ cell: cell('5'), seen, text: '160000' }]);
  const params = { price_id: 'p2', amount_rp: 160_000, by: 'Saya', at: null };
  unsaved.clash(unsaved.all, [{ field: 'cells[0]', code: 'price_changed', params }]);
  expect(unsaved.size).toBe(0);
});

test('what a backtest takes are the new amounts, without gaps and without what cannot be read', () => {
  const unsaved = new UnsavedPrices();
  unsaved.write([
    { cell: cell('5'), seen, text: '' },
    { cell: cell('6'), seen, text: 'x' },
    { cell: cell('7'), seen, text: '160000' }
  ]);
  expect(unsaved.proposed).toEqual([{ ...cell('7'), amount_rp: 160_000 }]);
});
