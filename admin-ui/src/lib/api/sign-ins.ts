/** How and when somebody signs in, and changing one's own password. */
import { get, post } from './client';
import type { Session, SignIns } from './types';

export const fetchOwnSignIns = () => get<SignIns>('/me/sign-ins');
export const fetchSignInsOf = (id: string) => get<SignIns>(`/users/${id}/sign-ins`);

export const changePassword = (current: string, next: string) =>
  post<Session>('/me/password', { body: { current, new: next } });
