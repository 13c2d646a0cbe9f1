/** Short news at the edge of the screen. A refusal stays until closed; good news leaves by itself. */
export type Toast = { id: number; tone: 'ok' | 'bad'; text: string; link?: { href: string; label: string } };

const shownForMs = 6000;
const keptAtMost = 4;
let nextId = 1;

export const toasts = $state<Toast[]>([]);

export function dismissToast(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

export function showToast(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  toasts.push({ ...toast, id });
  if (toasts.length > keptAtMost) toasts.shift();
  if (toast.tone === 'ok') setTimeout(() => dismissToast(id), shownForMs);
}
