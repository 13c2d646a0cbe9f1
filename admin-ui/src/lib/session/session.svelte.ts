/** Who is signed in and what they may do. Loaded once by the shell; everything else only reads it. */
import { setCsrfToken, whenUnauthenticated } from '$lib/api/client';
import { asProblem } from '$lib/api/problem';
import {
  fetchSession,
  signInByLink,
  signInByPassword,
  signOut as endSession,
  type Credentials
} from '$lib/api/session';
import type { Session } from '$lib/api/types';

type State = 'loading' | 'signed_in' | 'signed_out' | 'expired' | 'unreachable';

export const session = $state<{ state: State; current: Session | null }>({ state: 'loading', current: null });

function accept(current: Session): void {
  setCsrfToken(current.csrf_token);
  session.current = current;
  session.state = 'signed_in';
}

/** A session that ends while someone works keeps the page: what is typed stays, a banner asks to sign in again. */
whenUnauthenticated(() => {
  session.state = session.current ? 'expired' : 'signed_out';
});

export async function loadSession(): Promise<void> {
  try {
    accept(await fetchSession());
  } catch (error) {
    if (asProblem(error).status !== 401) session.state = 'unreachable';
  }
}

export async function signIn(token: string): Promise<void> {
  accept(await signInByLink(token));
}

export async function signInWithPassword(credentials: Credentials): Promise<void> {
  accept(await signInByPassword(credentials));
}

/** The server has put a new session in the place of the present one. */
export const renewSession = accept;

export async function signOut(): Promise<void> {
  await endSession();
  session.current = null;
  session.state = 'signed_out';
}

export function can(permission: string): boolean {
  return session.current?.permissions.includes(permission) ?? false;
}
