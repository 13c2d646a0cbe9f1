/** Tagihan: the list with its sums, one in full, as a PDF, as a text for WhatsApp, and the proof of payment. */
import { base, filters, get } from './client';
import { uploadDocument } from './documents';
import type { TagihanPage, TagihanView, WhatsappText } from './types';

export type TagihanQuery = {
  q?: string;
  cursor?: string;
  limit?: number;
  sort?: string;
  month?: string;
  status?: string;
  siswa_id?: string;
  run_id?: string;
  overdue?: string;
};

export const fetchTagihanPage = (
  { month, status, siswa_id, run_id, overdue, ...query }: TagihanQuery,
  signal?: AbortSignal
) => get<TagihanPage>('/tagihan', { ...query, ...filters({ month, status, siswa_id, run_id, overdue }) }, signal);

export const fetchTagihan = (id: string) => get<TagihanView>(`/tagihan/${id}`);

export const fetchWhatsapp = (id: string, locale: string) => get<WhatsappText>(`/tagihan/${id}/whatsapp`, { locale });

export const pdfAddress = (id: string) => `${base}/tagihan/${id}/pdf`;

export const uploadProof = (id: string, file: File, onProgress: (share: number) => void) =>
  uploadDocument(file, onProgress, `/tagihan/${id}/proof`);
