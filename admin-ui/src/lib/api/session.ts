/** Signing in and out. */
import { get, post, send } from './client';
import type { Session } from './types';

export const fetchSession = () => get<Session>('/session');
export const signInByLink = (token: string) => post<Session>('/session/link', { body: { token } });
export const signOut = () => send<void>('DELETE', '/session');
