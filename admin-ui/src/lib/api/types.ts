/**
 * The shapes the server speaks, by hand from the API contract until the OpenAPI snapshot exists.
 * Everything else imports its types from here, so the switch to schema.d.ts changes this file only.
 */
export type SesiState =
  | 'REQUESTED'
  | 'APPROVED'
  | 'IN_PROGRESS'
  | 'AWAITING_VALIDATION'
  | 'COMPLETED'
  | 'NO_SHOW_STUDENT'
  | 'NO_SHOW_TUTOR'
  | 'REJECTED'
  | 'CANCELLED'
  | 'RESCHEDULED';

export type Mode = 'ONLINE' | 'OFFLINE_RUMAH_SISWA' | 'OFFLINE_CUSTOM';
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Person = { id: string; name: string };
export type InstanceRef = { id: string; workflow: string; code: string };

export type Page<T> = { items: T[]; next_cursor: string | null; total: number };

export type Session = {
  user: { id: string; name: string; email: string; roles: string[] };
  permissions: string[];
  csrf_token: string;
  expires_at: string;
};

/* Catalog */
export type Named = { id: string; code: string; name: string };
export type Subject = Named & { kategori_id: string; has_levels: boolean; levels: Named[] };
export type Office = Named & { zone: string };
export type Catalog = {
  tingkat: Named[];
  segmentasi: Named[];
  kategori: Named[];
  golongan: Named[];
  subjects: Subject[];
  offices: Office[];
  config: Record<string, Json>;
};
export type Siswa = Named & {
  tingkat: string;
  segmentasi: string;
  parent_name: string | null;
  address: string | null;
  lat: number | null;
  long: number | null;
  status: string;
};
export type Tutor = Named & { golongan: string; office_zone: string; status: string; subjects: string[] };

/* Workflows */
export type FieldKind =
  'TEXT' | 'LONG_TEXT' | 'INTEGER' | 'MONEY' | 'INSTANT' | 'CHOICE' | 'BOOLEAN' | 'REFERENCE' | 'DOCUMENT' | 'PLACE';
export type Field = {
  name: string;
  kind: FieldKind;
  required: boolean;
  choices?: string[] | null;
  reference?: 'tutor' | 'siswa' | 'subject' | 'subject_level' | null;
  max_length?: number | null;
  min?: number | null;
  max?: number | null;
};
export type ReasonRule = 'NONE' | 'OPTIONAL' | 'REQUIRED';
export type CommandDefinition = {
  name: string;
  permission: string;
  by: 'PERSON' | 'SYSTEM';
  reason: ReasonRule;
  form: Field[];
};
export type Edge = { from: string | null; to: string; command: string };
export type Workflow = {
  name: string;
  version: number;
  states: { name: string; terminal: boolean }[];
  edges: Edge[];
  commands: CommandDefinition[];
  tasks: { name: string; permission: string; commands: string[] }[];
};

export type WhyNot = { code: string; params?: Record<string, Json> };
export type Availability = { name: string; allowed: boolean; why_not: WhyNot | null };
export type Timer = { id: string; name: string; due_at: string; state: 'ARMED' | 'FIRED' | 'DISARMED' | 'REFUSED' };
export type InstanceJob = {
  id: string;
  kind: string;
  state: string;
  attempt: number;
  max_attempts: number;
  run_at: string;
  last_error: string | null;
};
export type Instance = {
  id: string;
  workflow: string;
  code: string;
  label: string;
  state: string;
  revision: number;
  terminal: boolean;
  created_at: string;
  updated_at: string;
  parent: InstanceRef | null;
  children: (InstanceRef & { state: string })[];
  commands: Availability[];
  tasks: Task[];
  timers: Timer[];
  jobs: InstanceJob[];
  links: (InstanceRef & { rel: string })[];
};

/* Outcomes */
export type Amount = { key: string; rp?: number; count?: number };
/** `detail` is what the rule was measured against: a threshold, a mode, or several named values. */
export type TraceRule = { rule: string; matched: boolean; detail?: Json };
export type TracePct = { pct: number; of_rp: number; result_rp: number; rounding?: string; remainder?: number };
export type TraceNote = { note: string; value: Json };
export type Trace = TraceRule | TracePct | TraceNote;
export type Decision = {
  kind: string;
  version: number;
  sha256: string;
  input: Record<string, Json>;
  output: Record<string, Json>;
  trace: Trace[];
};
export type EntryLine = { account: string; account_name: string; debit_rp: number; credit_rp: number };
export type Entry = { id: string | null; kind: string; occurred_on: string; posted_on: string; lines: EntryLine[] };
export type Warning = { code: string; params?: Record<string, Json> };
export type Preview = {
  from: string | null;
  to: string;
  amounts: Amount[];
  outcome: string;
  decisions: Decision[];
  entries: Entry[];
  tasks_opened: string[];
  tasks_closed: string[];
  timers_armed: { name: string; due_at: string }[];
  timers_disarmed: string[];
  jobs: string[];
  warnings: Warning[];
};
export type Outcome = {
  id: string;
  workflow: string;
  code: string;
  state: string;
  revision: number;
  amounts: Amount[];
  outcome: string;
  started: InstanceRef[];
  repeated: boolean;
};
export type BulkResult = { id: string; ok: true; outcome: Outcome } | { id: string; ok: false; problem: ProblemBody };

export type Changed = { field: string; old: Json; new: Json };
export type HistoryItem = {
  seq: number;
  command: string;
  from: string | null;
  to: string;
  actor: { id: string | null; name: string; kind: 'PERSON' | 'SYSTEM' };
  on_behalf_of: string | null;
  reason: string | null;
  at: string;
  changed: Changed[];
  amounts: Amount[];
  hash: string;
};

/* Sesi */
export type Place = { address: string | null; lat: number; long: number };
export type SesiRow = {
  id: string;
  code: string;
  state: SesiState;
  revision: number;
  siswa: Person;
  tutor: Person;
  subject: string;
  level: string | null;
  starts_at: string;
  ends_at: string;
  zone: string;
  mode: Mode;
  tagihan_rp: number | null;
  sla_flagged: boolean;
  anomaly: string | null;
};
export type NewSesi = {
  siswa_id: string;
  tutor_id: string;
  subject_id: string;
  subject_level_id?: string;
  starts_at: string;
  duration_minutes?: number;
  mode: Mode;
  place?: Place;
  mode_surcharge_rp?: number;
};
export type PriceMissing = Record<'audience' | 'subject' | 'tingkat' | 'segmentasi', string> & {
  level: string | null;
  golongan: string | null;
};
export type Conflict = { id: string; code: string; label: string; starts_at: string; ends_at: string };
export type SesiPreview = {
  tagihan_rp: number | null;
  honorarium_rp: number | null;
  transport_rp: number | null;
  warnings: Warning[];
  conflicts: Conflict[];
  price_missing: PriceMissing | null;
};
export type Sesi = {
  id: string;
  code: string;
  state: SesiState;
  revision: number;
  siswa: Named & { tingkat: string; segmentasi: string };
  tutor: Named & { golongan: string };
  office: { id: string; name: string; zone: string };
  subject: Person;
  level: Person | null;
  starts_at: string;
  ends_at: string;
  duration_minutes: number;
  mode: Mode;
  place: Place | null;
  distance_m: number | null;
  mode_surcharge_rp: number;
  frozen: {
    tagihan_rp: number;
    honorarium_rp: number;
    transport_rp: number;
    approved_at: string;
    approved_by: string;
  } | null;
  attendance: 'PRESENT' | 'LATE' | null;
  started_at: string | null;
  materi: Record<'topic' | 'sub_topic' | 'pages' | 'homework' | 'next_target', string | null> | null;
  photo_document_id: string | null;
  documents: Document[];
  cancelled: { party: string; reason: string; at: string; lead_time_s: number } | null;
  anomaly: { type: string; flagged_at: string; resolved_at: string | null } | null;
  settlement: {
    siswa: { amount_rp: number; status: string } | null;
    tutor: { honorarium_rp: number; transport_rp: number; status: string } | null;
  } | null;
  denda: { amount_rp: number; status: string } | null;
  strikes: number;
  rescheduled_from: { id: string; code: string } | null;
  rescheduled_to: { id: string; code: string } | null;
};

export type Document = {
  id: string;
  name: string;
  content_type: string;
  size: number;
  sha256: string;
  uploaded_at: string;
  uploaded_by: string | Person;
};

/* Tasks and jobs */
export type Task = {
  id: string;
  name: string;
  workflow: string;
  /** Null when the task is about a failed job and not about an instance. */
  instance_id: string | null;
  code: string;
  label: string;
  amount_rp: number | null;
  state: string;
  revision: number;
  opened_at: string;
  due_at: string | null;
  sla_flagged: boolean;
  claimed_by: Person | null;
  permission: string;
  commands: Availability[];
  job_id: string | null;
};
export type TaskPage = Page<Task> & { counts: { by_name: Record<string, number>; late: number } };
export type DeadJob = {
  id: string;
  kind: string;
  key: string;
  state: string;
  attempt: number;
  max_attempts: number;
  last_error: string | null;
  payload: Json;
  instance: InstanceRef | null;
  created_at: string;
  run_at: string;
  finished_at: string | null;
};

/* Explain */
export type Step =
  | { kind: 'matrix'; label_code: string; rp: number; params: Record<string, Json>; price_id: string | null }
  | {
      kind: 'policy';
      policy: string;
      version: number;
      sha256: string;
      trace: Trace[];
      input: Record<string, Json>;
      output: Record<string, Json>;
    }
  | { kind: 'rounding'; rounding?: string; remainder: number }
  | { kind: 'approval'; actor: string; at: string }
  | { kind: 'entry'; entry: Entry };
export type Explanation = { amounts: { key: string; rp: number; steps: Step[] }[] };

/* Policies, audit, overview */
export type PolicyVersion = {
  number: number;
  state: string;
  sha256: string;
  author: string;
  reason: string | null;
  effective_from: string | null;
};
export type Policy = {
  kind: string;
  in_force: { number: number; sha256: string; effective_from: string } | null;
  versions: PolicyVersion[];
};
export type PolicyDetail = PolicyVersion & { kind: string; script: string; params: Json; tests: Json };
export type AuditRow = {
  id: string;
  at: string;
  actor: Person;
  on_behalf_of: string | null;
  action: string;
  entity_type: string;
  entity_id: string;
  entity_code: string | null;
  before: Record<string, Json> | null;
  after: Record<string, Json> | null;
  reason: string | null;
  ip: string | null;
  request_id: string | null;
};
export type Overview = {
  sesi_today: Partial<Record<SesiState, number>>;
  tasks_late: number;
  tasks_open: number;
  dead_jobs: number;
};

/* Problems (RFC 9457) */
export type FieldError = { field: string; code: string; params?: Record<string, Json> };
export type Blocking = { kind: string; id: string; code: string; label: string };
export type ProblemBody = {
  status: number;
  code: string;
  params?: Record<string, Json>;
  fields?: FieldError[];
  blocking?: Blocking[];
  shown?: Amount[];
  now?: Amount[];
  request_id?: string;
};
