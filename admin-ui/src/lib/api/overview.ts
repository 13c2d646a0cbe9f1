/** The counts of the first page. */
import { get } from './client';
import type { Overview } from './types';

export const fetchOverview = () => get<Overview>('/overview');
