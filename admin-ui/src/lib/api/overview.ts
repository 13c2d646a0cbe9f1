/** The figures of the first page. */
import { get } from './client';
import type { Overview, OverviewMoney } from './types';

export const fetchOverview = () => get<Overview>('/overview');
export const fetchOverviewMoney = () => get<OverviewMoney>('/overview/money');
