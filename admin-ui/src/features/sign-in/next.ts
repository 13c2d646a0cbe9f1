/** The page to open after signing in: one of ours, whatever the address bar said. */
export function localPath(text: string | undefined): string {
  if (!text?.startsWith('/')) return '/';
  try {
    const url = new URL(text, location.origin);
    // read as browsers do, which drop tabs and take \ for /
    return url.origin === location.origin && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
  } catch {
    return '/';
  }
}

/** Where signing in at the identity provider begins. */
export function leaveAddress(next: string, { remember = false, again = false } = {}): string {
  const query = new URLSearchParams();
  if (next !== '/') query.set('next', next);
  if (remember) query.set('remember', 'true');
  if (again) query.set('again', 'true');
  const text = query.toString();
  return '/api/v1/session/oidc' + (text && `?${text}`);
}
