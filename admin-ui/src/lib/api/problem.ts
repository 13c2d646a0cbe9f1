/** A refusal or failure of the server as a typed error. `code` is an i18n key below `error.`. */
import type { Amount, Blocking, FieldError, Json, ProblemBody } from './types';

/** No answer came: the command may or may not have happened. */
export const UNREACHABLE = 0;

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly params: Record<string, Json>;
  readonly fields: FieldError[];
  readonly blocking: Blocking[];
  readonly requestId: string | null;

  constructor(body: ProblemBody) {
    super(body.code);
    this.status = body.status;
    this.code = body.code;
    this.params = body.params ?? {};
    this.fields = body.fields ?? [];
    this.blocking = body.blocking ?? [];
    this.requestId = body.request_id ?? null;
  }

  static unreachable(): Problem {
    return new Problem({ status: UNREACHABLE, code: 'unreachable' });
  }

  /** True when the server surely did nothing: a definite refusal, as opposed to silence or a failure half-way. */
  get refused(): boolean {
    return this.status >= 400 && this.status < 500;
  }

  /** The two sets of a 409 outcome_changed: what was shown and what would happen now. */
  get amounts(): { shown: Amount[]; now: Amount[] } | null {
    if (this.code !== 'outcome_changed') return null;
    const { shown, now } = this.params as unknown as { shown?: Amount[]; now?: Amount[] };
    return { shown: shown ?? [], now: now ?? [] };
  }
}

/** Reads problem+json; an answer that is not one (a proxy's page) becomes `internal` with its status. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as Partial<ProblemBody> | null;
  if (!body?.code) return new Problem({ status: response.status, code: 'internal' });
  // outcome_changed may carry its amounts beside or inside `params`
  const params = { shown: body.shown, now: body.now, ...body.params } as Record<string, Json>;
  return new Problem({ ...body, status: response.status, code: body.code, params });
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem({ status: -1, code: 'unknown' });
}
