/** Which messages somebody wants: one's own choice, or a tutor's and a siswa's as they told it. */
import { get, send } from './client';
import type { MessagePreference, PreferenceChange } from './types';

export type Whose = { kind: 'me' } | { kind: 'tutor' | 'siswa'; id: string };

const path = (whose: Whose) => `/${whose.kind === 'me' ? 'me' : `${whose.kind}/${whose.id}`}/message-preferences`;

export const fetchPreferences = async (whose: Whose) => (await get<{ items: MessagePreference[] }>(path(whose))).items;

export const savePreference = async (whose: Whose, body: PreferenceChange) =>
  (await send<{ items: MessagePreference[] }>('PATCH', path(whose), { body })).items;
