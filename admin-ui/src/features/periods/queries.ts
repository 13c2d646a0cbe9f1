/** Cached reads of months. */
import { fetchPeriod, fetchPeriods } from '$lib/api/periods';

export const periodsQuery = () => ({ queryKey: ['periods'], queryFn: fetchPeriods });

export const periodQuery = (month: string) => ({
  queryKey: ['period', month],
  queryFn: () => fetchPeriod(month),
  retry: false
});
