/** The send log: mails and texts, who got which, how it ended. */
import { filters, get, post } from './client';
import type { NewNotification, NotificationDetail, NotificationRow, Outcome, Page } from './types';

export type NotificationQuery = {
  q?: string;
  sort?: string;
  cursor?: string;
  limit?: number;
  state?: string;
  template?: string;
  recipient_kind?: string;
  recipient_id?: string;
  from?: string;
  until?: string;
};

export const fetchNotifications = ({ q, sort, cursor, limit, ...filter }: NotificationQuery, signal?: AbortSignal) =>
  get<Page<NotificationRow>>('/notifications', { q, sort, cursor, limit, ...filters(filter) }, signal);

export const fetchNotification = (id: string) => get<NotificationDetail>(`/notifications/${id}`);

export const sendNotification = (body: NewNotification, idempotencyKey: string) =>
  post<Outcome>('/notifications', { body, idempotencyKey });
