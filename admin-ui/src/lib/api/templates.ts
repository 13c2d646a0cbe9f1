/** The texts of messages and their versions. */
import { get, post, send } from './client';
import type { Letter, Outcome, TemplateSummary, TemplateText } from './types';

export type Draft = { subject: string; body: string };

export const fetchTemplates = () => get<TemplateSummary[]>('/templates');
export const fetchTemplate = (code: string, locale: string) => get<TemplateText>(`/templates/${code}/${locale}`);

export const saveTemplate = (
  code: string,
  locale: string,
  body: Draft & { based_on: number },
  idempotencyKey: string
) => send<TemplateText>('PATCH', `/templates/${code}/${locale}`, { body, idempotencyKey });

export const previewTemplate = (code: string, locale: string, body: Draft, signal?: AbortSignal) =>
  post<Letter>(`/templates/${code}/${locale}/preview`, { body, signal });

export const testTemplate = (code: string, locale: string, idempotencyKey: string) =>
  post<Outcome>(`/templates/${code}/${locale}/test`, { body: {}, idempotencyKey });
