import { expect, test } from 'vitest';
import { edgeKm, half, km, place, radius, rings } from './map';

const monas = { lat: -6.1754, long: 106.8272 };

test('north is up, east is right, and kilometres keep their length', () => {
  const north = place(monas, { ...monas, lat: monas.lat + 5 / 111.2 });
  expect(north).toEqual({ x: 0, y: -radius(5), far: false });
  const east = place(monas, { ...monas, long: monas.long + 5 / (111.2 * Math.cos((monas.lat * Math.PI) / 180)) });
  expect(east).toEqual({ x: radius(5), y: 0, far: false });
});

test('whoever lives beyond the edge stands at it, in the right direction', () => {
  const bandung = place(monas, { lat: -6.9175, long: 107.6191 });
  expect(bandung.far).toBe(true);
  expect(bandung.x).toBeGreaterThan(0);
  expect(bandung.y).toBeGreaterThan(0);
  expect(Math.hypot(bandung.x, bandung.y)).toBeCloseTo(half, 0);
});

test('the rings fit, and distances are told as people compare them', () => {
  expect(Math.max(...rings)).toBeLessThan(edgeKm);
  expect([km(0, ','), km(449, ','), km(9949, ','), km(10_400, ','), km(1_500, '.')]).toEqual([
    '0,0',
    '0,4',
    '9,9',
    '10',
    '1.5'
  ]);
});
