/** CSV files of master data: tried, mended, imported. A file goes as it is, with progress (fetch reports none). */
import { base, get, getCsrfToken } from './client';
import { Problem } from './problem';
import type { ImportAnswer, ImportKind, ProblemBody } from './types';

export type ImportAsked = { dry_run?: boolean; only_valid?: boolean; rows?: boolean; file: string };

export const fetchImportKinds = () => get<ImportKind[]>('/imports');
export const templateAddress = (kind: string) => `${base}/imports/${kind}/template.csv`;
export const exportAddress = (path: string, format: 'csv' | 'xlsx') => `${base}/${path}/export.${format}`;

function problemOf(request: XMLHttpRequest): Problem {
  const body = request.response as Partial<ProblemBody> | null;
  return new Problem({ ...body, status: request.status, code: body?.code ?? 'internal' });
}

/** `onSent` is told how much of the file has left, from 0 to 1. */
export function sendImport(
  kind: string,
  file: Blob,
  asked: ImportAsked,
  onSent: (share: number) => void
): Promise<ImportAnswer> {
  const query = new URLSearchParams({ file: asked.file });
  for (const name of ['dry_run', 'only_valid', 'rows'] as const) if (asked[name]) query.set(name, 'true');
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${base}/imports/${kind}?${query}`);
    request.responseType = 'json';
    request.setRequestHeader('X-CSRF-Token', getCsrfToken());
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', 'text/csv; charset=utf-8');
    request.upload.onprogress = (event) => onSent(event.lengthComputable ? event.loaded / event.total : 0);
    request.upload.onload = () => onSent(1);
    request.onload = () =>
      request.status === 200 ? resolve(request.response as ImportAnswer) : reject(problemOf(request));
    request.onerror = () => reject(Problem.unreachable());
    request.send(file);
  });
}
