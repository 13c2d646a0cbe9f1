/** Time zones to choose from: those of Indonesia first, then all others the browser knows. Pure but for the browser's list. */
const indonesian = ['Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura'];

export function zones(current = ''): { near: string[]; others: string[] } {
  const all = Intl.supportedValuesOf('timeZone');
  const others = all.filter((zone) => !indonesian.includes(zone));
  const known = indonesian.includes(current) || others.includes(current) || !current;
  return { near: indonesian, others: known ? others : [current, ...others] };
}

/** What was typed as degrees: a decimal comma is a point. Anything else stays what it is. */
export function degrees(text: string): number | string {
  const plain = text.trim().replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}
