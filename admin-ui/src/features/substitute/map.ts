/** Where things stand on the small map: kilometres east and north of the lesson, drawn on a square. Pure. */

export type Spot = { lat: number; long: number };
export type Point = { x: number; y: number; far: boolean };

/** The rings, in kilometres; whoever lives beyond the map's edge stands at it, in the right direction. */
export const rings = [2, 5, 10];
export const edgeKm = 11.5;
/** Half the side of the drawing. */
export const half = 100;

const kmPerDegree = 111.2;

export function place(centre: Spot, spot: Spot): Point {
  const north = (spot.lat - centre.lat) * kmPerDegree;
  const east = (spot.long - centre.long) * kmPerDegree * Math.cos((centre.lat * Math.PI) / 180);
  const km = Math.hypot(north, east);
  const far = km > edgeKm;
  const scale = (half / edgeKm) * (far ? edgeKm / km : 1);
  return { x: round(east * scale), y: round(-north * scale), far };
}

export const radius = (km: number): number => round((km / edgeKm) * half);

const round = (value: number): number => Math.round(value * 10) / 10 + 0;

/** `0,4`, `12`: a distance people compare, not measure. */
export function km(metres: number, decimal: string): string {
  const value = metres / 1000;
  return (value < 10 ? value.toFixed(1) : value.toFixed(0)).replace('.', decimal);
}
