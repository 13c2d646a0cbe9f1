/** Strikes, denda and what HR has to look at. What is decided about them are commands of their workflows. */
import { filters, get } from './client';
import type { Conduct, DendaDetail, HrBoard, OpenTermination, Page, StrikeView } from './types';

export const fetchHrBoard = () => get<HrBoard>('/hr/board');
export const fetchConduct = (tutor: string) => get<Conduct>(`/tutor/${tutor}/conduct`);
export const fetchStrike = (id: string) => get<StrikeView>(`/strikes/${id}`);
export const fetchDenda = (id: string) => get<DendaDetail>(`/denda/${id}`);

/** Terminations that are not finished yet, the newest first. */
export const fetchOpenTerminations = (limit: number) =>
  get<Page<OpenTermination>>('/terminations', { limit, ...filters({ state: 'DECIDED' }) });
