/** Cached reads of strikes and denda; a command about any of them makes them stale. */
import { fetchConduct, fetchDenda, fetchHrBoard, fetchStrike } from '$lib/api/hr';

export const boardQuery = () => ({ queryKey: ['hr-board'], queryFn: fetchHrBoard, refetchInterval: 60_000 });
export const conductQuery = (tutor: string) => ({ queryKey: ['conduct', tutor], queryFn: () => fetchConduct(tutor) });
export const strikeQuery = (id: string) => ({ queryKey: ['strike', id], queryFn: () => fetchStrike(id), retry: false });
export const dendaQuery = (id: string) => ({ queryKey: ['denda', id], queryFn: () => fetchDenda(id), retry: false });
