/** The settings of the business. */
import { get, send } from './client';
import type { SettingChange, SettingNow } from './types';

export const fetchSettings = () => get<SettingNow[]>('/settings');
export const fetchSettingHistory = (key: string) => get<SettingChange[]>(`/settings/${key}/history`);
export const saveSetting = (key: string, body: { value: number; reason: string }, etag: string) =>
  send<SettingNow>('PATCH', `/settings/${key}`, { body, etag });
