/** Distances and differences in words. */
import { rupiah } from '$lib/format/money';
import { getLocale } from '$lib/i18n/i18n.svelte';
import { km } from './map';

export const kmText = (metres: number): string => `${km(metres, getLocale() === 'id' ? ',' : '.')} km`;

/** What one costs more, or less, than the other. */
export const difference = (rp: number): string => (rp > 0 ? `+${rupiah(rp)}` : rupiah(rp));
