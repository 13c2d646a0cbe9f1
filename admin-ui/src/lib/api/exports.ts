/** Workbooks of what lists show, with the same filters. */
import { base } from './client';

export type Workbook = 'tagihan' | 'honorarium' | 'reconciliation' | 'materi';

export function workbook(name: Workbook, filter: Record<string, string | undefined>, q: string, lang: string): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) if (value) query.set(`filter[${key}]`, value);
  if (q) query.set('q', q);
  query.set('lang', lang);
  return `${base}/exports/${name}.xlsx?${query}`;
}
