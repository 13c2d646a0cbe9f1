/** Documents: upload with progress (fetch reports none, so this one uses XMLHttpRequest) and short-lived links. */
import { base, get, getCsrfToken } from './client';
import { Problem } from './problem';
import type { Document, ProblemBody } from './types';

export const maxDocumentBytes = 10 * 1024 * 1024;
export const acceptedTypes = 'image/png,image/jpeg,image/webp,application/pdf';

export const fetchDocument = (id: string) => get<Document & { url: string }>(`/documents/${id}`);

function problemOf(request: XMLHttpRequest): Problem {
  const body = request.response as Partial<ProblemBody> | null;
  return new Problem({ ...body, status: request.status, code: body?.code ?? 'internal' });
}

export function uploadDocument<T = Document>(
  file: File,
  onProgress: (share: number) => void,
  path = '/documents'
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.set('file', file);
    const request = new XMLHttpRequest();
    request.open('POST', base + path);
    request.responseType = 'json';
    request.setRequestHeader('X-CSRF-Token', getCsrfToken());
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => (request.status === 201 ? resolve(request.response as T) : reject(problemOf(request)));
    request.onerror = () => reject(Problem.unreachable());
    request.send(form);
  });
}
