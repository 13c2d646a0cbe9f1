/** Signing in and out. */
import { get, post, send } from './client';
import type { Session, SignInWays } from './types';

export const fetchSession = () => get<Session>('/session');
export const signInByLink = (token: string) => post<Session>('/session/link', { body: { token } });
export const fetchWays = () => get<SignInWays>('/session/ways');

export type Credentials = { email: string; password: string; remember: boolean };
export const signInByPassword = (credentials: Credentials) => post<Session>('/session/password', { body: credentials });

export const forgotPassword = (email: string) => post<void>('/password/forgot', { body: { email } });
export const resetPassword = (token: string, password: string) =>
  post<void>('/password/reset', { body: { token, password } });

export const signOut = () => send<void>('DELETE', '/session');
