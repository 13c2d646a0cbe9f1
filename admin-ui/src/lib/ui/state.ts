/** One map from state to look, used by table, diagram, timeline and page alike: tone + mark, with the word from i18n. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'mute' | 'violet' | 'teal';
export type Look = { tone: Tone; mark: string };

const unknown: Look = { tone: 'mute', mark: '·' };

const looks: Record<string, Record<string, Look>> = {
  sesi: {
    REQUESTED: { tone: 'violet', mark: '○' },
    APPROVED: { tone: 'info', mark: '◔' },
    IN_PROGRESS: { tone: 'teal', mark: '◑' },
    AWAITING_VALIDATION: { tone: 'warn', mark: '◕' },
    COMPLETED: { tone: 'ok', mark: '✓' },
    NO_SHOW_STUDENT: { tone: 'bad', mark: '!' },
    NO_SHOW_TUTOR: { tone: 'bad', mark: '!' },
    REJECTED: { tone: 'mute', mark: '×' },
    CANCELLED: { tone: 'mute', mark: '×' },
    RESCHEDULED: { tone: 'mute', mark: '→' }
  },
  notification: {
    QUEUED: { tone: 'info', mark: '○' },
    SENDING: { tone: 'teal', mark: '◑' },
    TO_COPY: { tone: 'violet', mark: '◔' },
    SENT: { tone: 'ok', mark: '✓' },
    FAILED: { tone: 'bad', mark: '!' },
    UNCERTAIN: { tone: 'warn', mark: '?' },
    CANCELLED: { tone: 'mute', mark: '×' }
  },
  user: {
    ACTIVE: { tone: 'ok', mark: '✓' },
    SUSPENDED: { tone: 'warn', mark: '×' },
    ARCHIVED: { tone: 'mute', mark: '–' }
  },
  backtest: {
    RUNNING: { tone: 'teal', mark: '◑' },
    DONE: { tone: 'ok', mark: '✓' },
    FAILED: { tone: 'bad', mark: '!' },
    CANCELLED: { tone: 'mute', mark: '×' }
  },
  person: {
    DRAFT: { tone: 'violet', mark: '○' },
    ACTIVE: { tone: 'ok', mark: '✓' },
    SUSPENDED: { tone: 'warn', mark: '×' },
    TERMINATED: { tone: 'bad', mark: '×' },
    ARCHIVED: { tone: 'mute', mark: '–' }
  },
  termination: {
    DECIDED: { tone: 'warn', mark: '◑' },
    ARCHIVED: { tone: 'mute', mark: '–' }
  },
  final_settlement: {
    DUE: { tone: 'warn', mark: '○' },
    OWED: { tone: 'bad', mark: '!' },
    BALANCED: { tone: 'ok', mark: '=' },
    PAID: { tone: 'ok', mark: '✓' },
    RECEIVED: { tone: 'ok', mark: '✓' },
    WRITTEN_OFF: { tone: 'mute', mark: '–' },
    REPLACED: { tone: 'mute', mark: '→' }
  },
  billing_run: {
    SCHEDULED: { tone: 'info', mark: '○' },
    PREFLIGHT: { tone: 'teal', mark: '◔' },
    HALTED: { tone: 'warn', mark: '!' },
    RUNNING: { tone: 'teal', mark: '◑' },
    DONE: { tone: 'ok', mark: '✓' },
    CANCELLED: { tone: 'mute', mark: '×' },
    FAILED: { tone: 'bad', mark: '!' }
  },
  honorarium: {
    DRAFT: { tone: 'mute', mark: '○' },
    ISSUED: { tone: 'warn', mark: '◔' },
    PAID: { tone: 'ok', mark: '✓' },
    VOID: { tone: 'mute', mark: '×' }
  },
  erasure: {
    REQUESTED: { tone: 'violet', mark: '○' },
    ERASING: { tone: 'warn', mark: '◑' },
    ERASED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' },
    CANCELLED: { tone: 'mute', mark: '×' }
  },
  fm_claim: {
    PENDING_L1: { tone: 'violet', mark: '○' },
    PENDING_L2: { tone: 'warn', mark: '◕' },
    REJECTED: { tone: 'info', mark: '◔' },
    APPROVED: { tone: 'ok', mark: '✓' },
    OVERTURNED: { tone: 'ok', mark: '↺' },
    UPHELD: { tone: 'mute', mark: '×' },
    FINAL: { tone: 'mute', mark: '×' },
    WITHDRAWN: { tone: 'mute', mark: '–' }
  },
  override: {
    REQUESTED: { tone: 'violet', mark: '○' },
    APPLIED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' },
    WITHDRAWN: { tone: 'mute', mark: '×' }
  },
  suspension: {
    ACTIVE: { tone: 'warn', mark: '◑' },
    ENDED: { tone: 'mute', mark: '✓' },
    LIFTED: { tone: 'ok', mark: '↺' },
    CLOSED: { tone: 'mute', mark: '×' }
  },
  reactivation: {
    REQUESTED: { tone: 'violet', mark: '○' },
    APPROVED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' },
    WITHDRAWN: { tone: 'mute', mark: '–' },
    MOOT: { tone: 'mute', mark: '→' }
  },
  policy: {
    DRAFT: { tone: 'mute', mark: '○' },
    IN_REVIEW: { tone: 'warn', mark: '◔' },
    ACTIVE: { tone: 'ok', mark: '✓' },
    SUPERSEDED: { tone: 'mute', mark: '→' },
    REJECTED: { tone: 'mute', mark: '×' }
  },
  policy_publication: {
    DRAFT: { tone: 'mute', mark: '○' },
    IN_REVIEW: { tone: 'warn', mark: '◔' },
    SCHEDULED: { tone: 'info', mark: '◕' },
    PUBLISHED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' },
    WITHDRAWN: { tone: 'mute', mark: '×' }
  },
  tagihan: {
    DRAFT: { tone: 'violet', mark: '○' },
    ISSUED: { tone: 'info', mark: '◔' },
    PARTIALLY_PAID: { tone: 'warn', mark: '◑' },
    PAID: { tone: 'ok', mark: '✓' },
    WRITTEN_OFF: { tone: 'mute', mark: '–' },
    VOID: { tone: 'mute', mark: '×' }
  },
  payment: {
    RECORDED: { tone: 'ok', mark: '✓' }
  },
  bank_line: {
    OPEN: { tone: 'warn', mark: '○' },
    MATCHED: { tone: 'ok', mark: '✓' },
    IGNORED: { tone: 'mute', mark: '–' }
  },
  money_adjustment: {
    WAITING: { tone: 'violet', mark: '○' },
    POSTED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' }
  },
  credit_note: {
    REQUESTED: { tone: 'violet', mark: '○' },
    ISSUED: { tone: 'ok', mark: '✓' },
    REJECTED: { tone: 'mute', mark: '×' }
  },
  refund: {
    DUE: { tone: 'warn', mark: '○' },
    SENT: { tone: 'ok', mark: '✓' },
    KEPT: { tone: 'mute', mark: '→' }
  },
  write_off: {
    REQUESTED: { tone: 'violet', mark: '○' },
    WRITTEN_OFF: { tone: 'mute', mark: '–' },
    REJECTED: { tone: 'mute', mark: '×' }
  },
  settlement_reversal: {
    DONE: { tone: 'mute', mark: '↺' }
  },
  period: {
    OPEN: { tone: 'info', mark: '○' },
    CLOSING: { tone: 'teal', mark: '◑' },
    SEALING: { tone: 'teal', mark: '◕' },
    CLOSED: { tone: 'ok', mark: '✓' },
    REOPENED: { tone: 'warn', mark: '↺' },
    OVERDUE: { tone: 'bad', mark: '!' }
  },
  period_close: {
    OPEN: { tone: 'teal', mark: '◑' },
    SEALING: { tone: 'teal', mark: '◕' },
    CLOSED: { tone: 'ok', mark: '✓' },
    ABANDONED: { tone: 'mute', mark: '×' }
  },
  period_reopening: {
    REQUESTED: { tone: 'violet', mark: '○' },
    REOPENED: { tone: 'warn', mark: '↺' },
    OVERDUE: { tone: 'bad', mark: '!' },
    REJECTED: { tone: 'mute', mark: '×' },
    WITHDRAWN: { tone: 'mute', mark: '×' },
    EXPIRED: { tone: 'mute', mark: '✓' },
    CLOSED_AGAIN: { tone: 'ok', mark: '✓' },
    SUPERSEDED: { tone: 'mute', mark: '→' }
  },
  settlement: {
    UNPAID: { tone: 'warn', mark: '○' },
    PAID: { tone: 'ok', mark: '✓' },
    REVERSED: { tone: 'mute', mark: '↺' }
  },
  denda: {
    APPLIED: { tone: 'bad', mark: '!' },
    HELD: { tone: 'warn', mark: '◔' },
    FINAL: { tone: 'bad', mark: '✓' },
    REVERSED: { tone: 'mute', mark: '↺' }
  },
  strike: {
    LIVE: { tone: 'bad', mark: '!' },
    HELD: { tone: 'warn', mark: '◔' },
    DECAYED: { tone: 'mute', mark: '→' },
    REVOKED: { tone: 'mute', mark: '↺' }
  },
  timer: {
    ARMED: { tone: 'info', mark: '◔' },
    FIRED: { tone: 'warn', mark: '!' },
    DISARMED: { tone: 'mute', mark: '×' },
    REFUSED: { tone: 'mute', mark: '×' }
  },
  job: {
    PENDING: { tone: 'info', mark: '○' },
    RUNNING: { tone: 'teal', mark: '◑' },
    DONE: { tone: 'ok', mark: '✓' },
    DEAD: { tone: 'bad', mark: '!' },
    DISMISSED: { tone: 'mute', mark: '×' }
  }
};

export function lookOf(kind: string, state: string): Look {
  return looks[kind]?.[state] ?? unknown;
}

/** The states of a kind in the order in which they happen; for filters. */
export const statesOf = (kind: string): string[] => Object.keys(looks[kind] ?? {});
