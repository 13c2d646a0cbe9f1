/** Cached reads of Honorarium. */
import { fetchHonoraria, fetchHonorarium, fetchLineExplanation } from '$lib/api/honorarium';

export const honorariumQuery = (id: string) => ({
  queryKey: ['honorarium', id],
  queryFn: () => fetchHonorarium(id)
});

const ofTutor = 24;

export const tutorHonoraria = (tutorId: string) => ({
  queryKey: ['honoraria', 'tutor', tutorId],
  queryFn: () => fetchHonoraria({ tutor_id: tutorId, limit: ofTutor })
});

export const lineExplanationQuery = (id: string, number: number) => ({
  queryKey: ['explanation', 'honorarium', id, number],
  queryFn: () => fetchLineExplanation(id, number)
});
