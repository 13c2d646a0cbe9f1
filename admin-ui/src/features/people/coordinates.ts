/** Latitude and longitude as people paste them from a map: "-6.2, 106.8" or "-6,2; 106,8". */
export type Point = { lat: number; long: number };

/** The point, null for nothing, undefined for what is none. */
export function pointOf(text: string): Point | null | undefined {
  const trimmed = text.trim();
  if (!trimmed) return null;
  const parts = trimmed.includes(';') ? trimmed.split(';') : trimmed.split(/,\s+|\s+|,/);
  const [lat, long, more] = parts.map((part) => Number(part.trim().replace(',', '.') || NaN));
  if (more !== undefined || lat === undefined || long === undefined) return undefined;
  return Number.isFinite(lat) && Number.isFinite(long) ? { lat, long } : undefined;
}

export const textOf = (lat: number | null, long: number | null): string =>
  lat === null || long === null ? '' : `${lat}, ${long}`;
